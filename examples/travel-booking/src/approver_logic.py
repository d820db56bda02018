"""Asks a person whether a dear journey may be booked."""

import os
from typing import Any

import boto3
from messages import ApprovalWanted

QUESTIONS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_QUESTIONS"])


def handle_approval_wanted(message: ApprovalWanted, *, task_token: str | None) -> None:
    """Keep the question with its token, for the desk whose answer goes to `resume.succeed` or `resume.fail`."""
    QUESTIONS.put_item(Item={"trip_id": message.trip_id, "price": message.price, "token": task_token})
