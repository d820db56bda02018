"""Writes into the table which paper a topic passed on."""

import os
from typing import Any

import boto3
from messages import PaperWritten

LEDGER: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_LEDGER"])


def handle_paper_written(message: PaperWritten, *, idempotency_key: str) -> None:
    LEDGER.put_item(Item={"id": f"passed {message.object_.key}", "customer": "clerk"})
    del idempotency_key
