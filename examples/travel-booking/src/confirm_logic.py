"""Tells somebody how a trip ended: TripBooked."""

import os
from typing import Any

import boto3
from messages import TripBooked

MAILS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_MAILS"])


def handle_trip_booked(message: TripBooked) -> None:
    """Write one row."""
    MAILS.put_item(Item={"id": message.trip_id, "what": "TripBooked"})
