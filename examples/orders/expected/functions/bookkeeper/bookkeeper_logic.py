"""Books an order in the ledger."""

import os
from typing import Any

import boto3
from messages import OrderPlaced
from money import total

LEDGER: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_LEDGER_BOOK"])


def handle_order_placed(message: OrderPlaced) -> None:
    """Book the order's debit and credit; doing it again writes the same two entries."""
    amount = total(message)
    with LEDGER.batch_writer() as batch:
        for entry, signed in (("1-receivables", amount), ("2-revenue", -amount)):
            batch.put_item(
                Item={"order_id": message.order_id, "entry": entry, "amount": signed, "currency": message.currency},
            )
