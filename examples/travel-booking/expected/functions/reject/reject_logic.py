"""Tells somebody how a trip ended: TripRejected."""

import os
from typing import Any

import boto3
from messages import TripRejected

MAILS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_MAILS"])


def handle_trip_rejected(message: TripRejected) -> None:
    """Write one row."""
    MAILS.put_item(Item={"id": message.trip_id, "what": "TripRejected"})
