"""Sets goods aside for an order."""

import os
from typing import Any

import boto3
from messages import OrderPlaced, StockReserved
from publish import publish_stock_reserved

STOCK: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_STOCK"])
SHELVES = {"lamp": "A1", "bulb": "A2", "cable": "B1"}


def handle_order_placed(message: OrderPlaced) -> None:
    """Keep one piece, and say where it lies."""
    place = SHELVES[message.sku]
    STOCK.put_item(Item={"order_id": message.order_id, "sku": message.sku, "place": place})
    publish_stock_reserved(StockReserved(order_id=message.order_id, place=place))
