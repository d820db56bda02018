"""Takes payments."""

import bookings
from steps import Step


class CardDeclined(Exception):  # noqa: N818 - the name that the saga sees
    """The card is good for less."""


def do_payment(step: Step) -> dict[str, str]:
    """Charge the card once: the provider knows the step by its key, and answers a second call as it did the first."""
    if step.input["card"] == "declined":
        raise CardDeclined("the card is declined")
    bookings.BOOKINGS.put_item(
        Item={"id": step.idempotency_key, "trip_id": step.input["trip_id"], "what": "payment", "state": "booked"}
    )
    return {"id": step.idempotency_key}
