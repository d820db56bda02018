"""Writes an order into the table and the bucket, with what the index and the secret say."""

import json
import os
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr, Key
from messages import OrderPlaced

LEDGER: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_LEDGER"])
S3: Any = boto3.client("s3")
SECRETS: Any = boto3.client("secretsmanager")


def handle_order_placed(message: OrderPlaced, *, idempotency_key: str) -> None:
    order = {"id": idempotency_key, "customer": message.customer, "day": message.day}
    LEDGER.put_item(Item=order, ConditionExpression=Attr("id").not_exists())
    found = LEDGER.query(IndexName="by-customer", KeyConditionExpression=Key("customer").eq(message.customer))["Items"]
    secret = json.loads(SECRETS.get_secret_value(SecretId=os.environ["PENSTOCK_STORE_ACCOUNTS"])["SecretString"])
    paper = {"orders": [item["id"] for item in found], "host": secret["host"]}
    S3.put_object(Bucket=os.environ["PENSTOCK_STORE_PAPERS"], Key=message.id, Body=json.dumps(paper).encode())
