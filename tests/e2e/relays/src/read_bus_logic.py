import os
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr
from messages import OrderPlaced

ROWS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_ROWS"])


def handle_order_placed(_: OrderPlaced, *, idempotency_key: str) -> None:
    ROWS.put_item(Item={"order_id": idempotency_key}, ConditionExpression=Attr("order_id").not_exists())
