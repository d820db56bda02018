"""Books a hotel."""

import bookings
from steps import Step


def do_hotel(step: Step) -> dict[str, str]:
    """Book the hotel of a trip."""
    return bookings.book(step, "hotel")
