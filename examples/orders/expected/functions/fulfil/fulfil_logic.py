"""Turns an order into a shipment."""

import os
from typing import Any

import boto3
from messages import OrderPlaced

SHIPMENTS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_SHIPMENTS"])


def handle_order_placed(message: OrderPlaced) -> None:
    """Open one shipment per order."""
    SHIPMENTS.put_item(
        Item={
            "order_id": message.order_id,
            "state": "open",
            "parcels": [{"sku": line.sku, "quantity": line.quantity} for line in message.lines],
        },
    )
