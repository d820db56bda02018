"""Keeps what is known of an order: where its goods are, and in which parcel."""

import os
from typing import Any

import boto3
from messages import ParcelSent, StockReserved

ORDERS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_ORDERS"])


def handle_stock_reserved(message: StockReserved) -> None:
    """Note the place of the goods."""
    _note(message.order_id, "place", message.place)


def handle_parcel_sent(message: ParcelSent) -> None:
    """Note the parcel."""
    _note(message.order_id, "parcel", message.parcel)


def _note(order: str, what: str, value: str) -> None:
    ORDERS.update_item(
        Key={"order_id": order},
        UpdateExpression="SET #what = :value",
        ExpressionAttributeNames={"#what": what},
        ExpressionAttributeValues={":value": value},
    )
