import os
from typing import Any

import boto3

JOURNAL: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_JOURNAL"])


def note(reader: str, line: str) -> None:
    """Add a line to what a reader has seen."""
    JOURNAL.update_item(
        Key={"reader": reader},
        UpdateExpression="SET seen = list_append(if_not_exists(seen, :none), :line)",
        ExpressionAttributeValues={":none": [], ":line": [line]},
    )
