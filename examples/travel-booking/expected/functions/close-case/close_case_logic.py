"""What function close-case does: the case of a trip that was not booked is closed, once."""

from __future__ import annotations

import os
from typing import Any

import boto3

TICKETS = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_TICKETS"])


def run(event: dict[str, Any]) -> object:
    """Close the case, however often it is asked for; it has the name of the execution."""
    trip = event["trip"]
    TICKETS.update_item(
        Key={"trip_id": trip["trip_id"]},
        UpdateExpression="SET closed = if_not_exists(closed, :case), reason = if_not_exists(reason, :reason)",
        ExpressionAttributeValues={":case": event["case"], ":reason": trip.get("reason", "unknown")},
    )
    return {"trip_id": trip["trip_id"]}
