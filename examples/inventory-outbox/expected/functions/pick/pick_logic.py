"""Picks what was reserved, article by article in order."""

import os
from typing import Any

import boto3
from messages import StockReserved

PICKS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_PICKS"])


def handle_stock_reserved(message: StockReserved) -> None:
    """Append one reservation."""
    PICKS.update_item(
        Key={"sku": message.sku},
        UpdateExpression="SET picked = list_append(if_not_exists(picked, :none), :one)",
        ExpressionAttributeValues={":none": [], ":one": [message.reservation_id]},
    )
