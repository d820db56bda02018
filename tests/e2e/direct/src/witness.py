"""What every function here does with a parcel, and writes down of it: a list of lines for each reader, in order."""

import os
from typing import Any, Protocol

import boto3

JOURNAL: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_JOURNAL"])


class Parcel(Protocol):
    """A parcel, sent or lost."""

    parcel_id: str
    trouble: str | None


def take(reader: str, parcel: Parcel) -> None:
    """Write the parcel down, unless it means trouble. What crashes does so once."""
    if parcel.trouble == "poison":
        note(reader, f"tried {parcel.parcel_id}")
        raise ValueError("no parcel")
    if parcel.trouble == "crash" and f"tried {parcel.parcel_id}" not in read(reader):
        note(reader, f"tried {parcel.parcel_id}")
        os._exit(1)
    note(reader, f"done {parcel.parcel_id}")


def note(reader: str, line: str) -> None:
    JOURNAL.update_item(
        Key={"reader": reader},
        UpdateExpression="SET seen = list_append(if_not_exists(seen, :none), :one)",
        ExpressionAttributeValues={":none": [], ":one": [line]},
    )


def read(reader: str) -> list[str]:
    item = JOURNAL.get_item(Key={"reader": reader}, ConsistentRead=True).get("Item", {})
    return list(item.get("seen", []))
