"""Writes the invoice of an order."""

import os
from typing import Any

import boto3
from messages import OrderPlaced
from money import total

INVOICES: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_INVOICES"])


def handle_order_placed(message: OrderPlaced) -> None:
    """Write one invoice per order."""
    INVOICES.put_item(
        Item={
            "order_id": message.order_id,
            "customer_id": message.customer_id,
            "total": total(message),
            "currency": message.currency,
        },
    )
