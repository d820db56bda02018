"""Writes the journal: every posting of an account, in the order in which it was made."""

import os
from typing import Any

import boto3
from messages import PostingMade

JOURNAL: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_JOURNAL"])


def handle_posting_made(message: PostingMade) -> None:
    """Append one posting."""
    JOURNAL.update_item(
        Key={"account": message.account},
        UpdateExpression="SET postings = list_append(if_not_exists(postings, :none), :one)",
        ExpressionAttributeValues={":none": [], ":one": [message.posting_id]},
    )
