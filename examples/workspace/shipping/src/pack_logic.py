"""Packs what was set aside."""

import os
from typing import Any

import boto3
from messages import ParcelSent, StockReserved
from publish import publish_parcel_sent

PARCELS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_PARCELS"])


def handle_stock_reserved(message: StockReserved) -> None:
    """Send one parcel for each order."""
    parcel = f"parcel-{message.order_id}"
    PARCELS.put_item(Item={"order_id": message.order_id, "parcel": parcel, "from": message.place})
    publish_parcel_sent(ParcelSent(order_id=message.order_id, parcel=parcel))
