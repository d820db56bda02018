"""Keeps what is known of a visitor."""

import os
from typing import Any

import boto3
from messages import VisitorRated

PROFILES: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_PROFILES"])


def handle_visitor_rated(message: VisitorRated) -> None:
    """The last rating counts: ratings of a visitor come in the order in which they were sent."""
    PROFILES.put_item(Item={"visitor": message.visitor, "interest": message.interest})
