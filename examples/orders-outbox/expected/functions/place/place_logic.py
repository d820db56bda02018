"""Places an order: the order and the row that tells of it are committed together, or neither is."""

import json
import os
from typing import Any

import boto3
import psycopg
from messages import OrderPlaced
from outbox import enqueue_order_placed

SECRETS: Any = boto3.client("secretsmanager")
ORDER = "INSERT INTO orders (order_id, customer, total) VALUES (%s, %s, %s) ON CONFLICT (order_id) DO NOTHING"


def handle_order_placed(message: OrderPlaced, *, idempotency_key: str) -> None:
    """Insert the order; a second copy of the message inserts nothing and tells nothing."""
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(ORDER, (idempotency_key, message.customer, message.total))
        if cursor.rowcount:
            enqueue_order_placed(cursor, message)


def connect() -> Any:  # noqa: ANN401 - psycopg may not be there where this is checked
    """A connection whose block is a transaction."""
    secret = json.loads(SECRETS.get_secret_value(SecretId=os.environ["PENSTOCK_STORE_ORDERS_DB"])["SecretString"])
    return psycopg.connect(
        host=secret["host"],
        port=secret.get("port", 5432),
        user=secret["username"],
        password=secret["password"],
        dbname=secret["dbname"],
        sslmode=secret.get("sslmode", "require"),
    )
