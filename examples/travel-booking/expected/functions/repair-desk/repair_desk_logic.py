"""Tells somebody how a trip ended: RepairWanted."""

import os
from typing import Any

import boto3
from messages import RepairWanted

TICKETS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_TICKETS"])


def handle_repair_wanted(message: RepairWanted) -> None:
    """Write one row."""
    TICKETS.put_item(Item={"trip_id": message.trip_id, "what": "RepairWanted"})
