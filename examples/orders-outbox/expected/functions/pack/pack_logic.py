"""Packs what was ordered, each customer's orders in their order."""

import os
from typing import Any

import boto3
from messages import OrderPlaced

PARCELS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_PARCELS"])


def handle_order_placed(message: OrderPlaced) -> None:
    """Append one order."""
    PARCELS.update_item(
        Key={"customer": message.customer},
        UpdateExpression="SET packed = list_append(if_not_exists(packed, :none), :one)",
        ExpressionAttributeValues={":none": [], ":one": [message.order_id]},
    )
