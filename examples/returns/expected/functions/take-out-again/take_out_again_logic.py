"""Undoes what restock has done: the goods go back to the customer."""

import os
from typing import Any

import boto3
from messages import RefundFailed, ReturnRefused
from publish import publish_return_refused

STOCK: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_STOCK"])


def handle_refund_failed(message: RefundFailed) -> None:
    """Take one from the stock of the article, and say that the return is refused."""
    STOCK.update_item(
        Key={"article": message.article},
        UpdateExpression="ADD pieces :one",
        ExpressionAttributeValues={":one": -1},
    )
    publish_return_refused(
        ReturnRefused(return_id=message.return_id, order_id=message.order_id, article=message.article)
    )
