"""Takes stock for a reservation, and tells of it in the same transaction."""

import os
from typing import Any

import boto3
import outbox
from messages import ReservationWanted, StockReserved

DYNAMODB: Any = boto3.client("dynamodb")
LEVELS = os.environ["PENSTOCK_STORE_LEVELS"]


def handle_reservation_wanted(message: ReservationWanted, *, idempotency_key: str) -> None:
    """Add the reservation to its article, unless it is there: a second copy of the message changes nothing and tells nothing."""
    level: dict[str, Any] = {"TableName": LEVELS, "Key": {"sku": {"S": message.sku}}}
    reserve = {
        **level,
        "UpdateExpression": "ADD reserved :count, reservations :these",
        "ConditionExpression": "NOT contains(reservations, :this)",
        "ExpressionAttributeValues": {
            ":count": {"N": str(message.count)},
            ":this": {"S": idempotency_key},
            ":these": {"SS": [idempotency_key]},
        },
    }
    reserved = StockReserved(reservation_id=message.reservation_id, sku=message.sku, count=message.count)
    try:
        outbox.commit({"Update": reserve}, outbox.enqueue_stock_reserved(reserved))
    except DYNAMODB.exceptions.TransactionCanceledException:
        found = DYNAMODB.get_item(**level, ConsistentRead=True).get("Item", {})
        if idempotency_key not in found.get("reservations", {"SS": []})["SS"]:
            raise
