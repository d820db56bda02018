"""Counts what is reserved, for the shop."""

import os
from typing import Any

import boto3
from messages import StockReserved

COUNTS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_COUNTS"])


def handle_stock_reserved(message: StockReserved) -> None:
    """Add one reservation."""
    COUNTS.update_item(
        Key={"sku": message.sku},
        UpdateExpression="ADD reserved :count",
        ExpressionAttributeValues={":count": message.count},
    )
