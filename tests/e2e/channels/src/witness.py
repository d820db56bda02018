"""Writes down what arrived: a list of lines for each reader, in the order of arrival."""

import json
import os
from typing import Any, Protocol

import boto3

JOURNAL: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_JOURNAL"])


class Message(Protocol):
    def to_dict(self) -> dict[str, object]: ...


def note(reader: str, message: Message) -> None:
    line = f"{type(message).__name__} {json.dumps(message.to_dict(), sort_keys=True)}"
    JOURNAL.update_item(
        Key={"reader": reader},
        UpdateExpression="SET seen = list_append(if_not_exists(seen, :none), :one)",
        ExpressionAttributeValues={":none": [], ":one": [line]},
    )
