"""Counts the views of each page, and how long they lasted."""

import os
from typing import Any

import boto3
from messages import PageViewed

COUNTS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_PAGE_COUNTS"])


def handle_page_viewed(message: PageViewed) -> None:
    """Add one view to its page."""
    COUNTS.update_item(
        Key={"page": message.page},
        UpdateExpression="ADD view_count :one, seconds_total :seconds",
        ExpressionAttributeValues={":one": 1, ":seconds": message.seconds},
    )
