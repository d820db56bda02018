"""Takes goods that came back into stock."""

import os
from typing import Any

import boto3
from messages import ItemRestocked, ReturnApproved
from publish import publish_item_restocked

STOCK: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_STOCK"])


def handle_return_approved(message: ReturnApproved) -> None:
    """Add one to the stock of the article, and say so."""
    STOCK.update_item(
        Key={"article": message.article},
        UpdateExpression="ADD pieces :one",
        ExpressionAttributeValues={":one": 1},
    )
    publish_item_restocked(
        ItemRestocked(return_id=message.return_id, order_id=message.order_id, article=message.article)
    )
