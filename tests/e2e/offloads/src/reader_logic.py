"""Puts down how long a letter is."""

import os
from typing import Any

import boto3
from messages import Letter

SHELF: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_SHELF"])


def handle_letter(message: Letter, *, idempotency_key: str) -> None:
    SHELF.put_item(Item={"id": f"reader {idempotency_key}", "length": len(message.text)})
