"""Keeps a list of the returns that are open."""

import os
import time
from typing import Any

import boto3
from botocore.exceptions import ClientError
from messages import RefundPaid, ReturnRefused, ReturnRequested

OPEN: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_OPEN_RETURNS"])


def handle_return_requested(message: ReturnRequested, *, idempotency_key: str) -> None:
    """Write down when it began, unless that is known, or even the end of it."""
    item = {"return_id": idempotency_key, "order_id": message.order_id, "since": int(time.time()), "ended": False}
    try:
        OPEN.put_item(Item=item, ConditionExpression="attribute_not_exists(return_id)")
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise


def handle_refund_paid(message: RefundPaid, *, idempotency_key: str) -> None:
    """It has ended."""
    _end(idempotency_key, message.order_id)


def handle_return_refused(message: ReturnRefused, *, idempotency_key: str) -> None:
    """It has ended."""
    _end(idempotency_key, message.order_id)


def _end(return_id: str, order_id: str) -> None:
    OPEN.put_item(Item={"return_id": return_id, "order_id": order_id, "since": int(time.time()), "ended": True})
