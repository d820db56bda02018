"""Keeps the balance of each account, and says what it is after a posting."""

import os
from typing import Any

import boto3
from messages import BalanceChanged, PostingMade
from publish import publish_balance_changed

ACCOUNTS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_ACCOUNTS"])


def handle_posting_made(message: PostingMade) -> None:
    """Add the amount, and publish the balance that this makes."""
    changed = ACCOUNTS.update_item(
        Key={"account": message.account},
        UpdateExpression="ADD balance :amount",
        ExpressionAttributeValues={":amount": message.amount},
        ReturnValues="UPDATED_NEW",
    )
    balance = int(changed["Attributes"]["balance"])
    publish_balance_changed(BalanceChanged(posting_id=message.posting_id, account=message.account, balance=balance))
