"""Turns an order into a shipment."""

import os
from typing import Any

import boto3
from messages import OrderPlaced

SHIPMENTS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_SHIPMENTS"])
SHELVES = {"lamp": "A1", "bulb": "A2", "cable": "B1"}


def handle_order_placed(message: OrderPlaced) -> None:
    """Open one shipment per order; an order of something that no shelf has waits for a person."""
    unknown = sorted({line.sku for line in message.lines} - SHELVES.keys())
    if unknown:
        raise LookupError(f"no shelf has {', '.join(unknown)}")
    SHIPMENTS.put_item(
        Item={
            "order_id": message.order_id,
            "state": "open",
            "parcels": [
                {"sku": line.sku, "shelf": SHELVES[line.sku], "quantity": line.quantity} for line in message.lines
            ],
        },
    )
