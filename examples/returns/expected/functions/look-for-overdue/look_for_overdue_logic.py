"""Looks for returns that began long ago and have not ended."""

import os
import time
from collections.abc import Iterator
from typing import Any

import boto3
from messages import LookForOverdue

OPEN: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_OPEN_RETURNS"])
FOURTEEN_DAYS = 14 * 86_400


def handle_look_for_overdue(message: LookForOverdue) -> None:
    """Fail, and so raise the alarm on failed invocations, if one is overdue."""
    del message
    before = int(time.time()) - FOURTEEN_DAYS
    overdue = [item["return_id"] for page in _pages() for item in page if not item["ended"] and item["since"] < before]
    if overdue:
        raise RuntimeError(f"overdue: {', '.join(sorted(overdue))}")


def _pages() -> Iterator[list[dict[str, Any]]]:
    page = OPEN.scan()
    yield page["Items"]
    while "LastEvaluatedKey" in page:
        page = OPEN.scan(ExclusiveStartKey=page["LastEvaluatedKey"])
        yield page["Items"]
