"""What the partners know: one row for each booking, under the key of the step that made it."""

import os
from typing import Any

import boto3
from steps import Step

BOOKINGS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_BOOKINGS"])


class NoVacancy(Exception):  # noqa: N818 - the name that the saga sees
    """A partner has nothing left."""


def book(step: Step, what: str) -> dict[str, str]:
    """Book something of a trip; a traveller with the name of the thing finds none."""
    if what in step.input.get("travellers", ()):
        raise NoVacancy(f"no {what} is left")
    BOOKINGS.put_item(
        Item={"id": step.idempotency_key, "trip_id": step.input["trip_id"], "what": what, "state": "booked"}
    )
    return {"id": step.idempotency_key}


def cancel(step: Step) -> None:
    """Cancel what a step has booked, if it has."""
    BOOKINGS.update_item(
        Key={"id": step.undoes},
        UpdateExpression="SET #state = :cancelled",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":cancelled": "cancelled"},
    )
