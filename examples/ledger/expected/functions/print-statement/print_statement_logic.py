"""Prints the statement of an account, line by line."""

import os
from typing import Any

import boto3
from messages import BalanceChanged

STATEMENTS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_STATEMENTS"])


def handle_balance_changed(message: BalanceChanged) -> None:
    """Add one line."""
    STATEMENTS.update_item(
        Key={"account": message.account},
        UpdateExpression="SET printed = list_append(if_not_exists(printed, :none), :one)",
        ExpressionAttributeValues={":none": [], ":one": [f"{message.posting_id} {message.balance}"]},
    )
