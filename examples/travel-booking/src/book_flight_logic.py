"""Books a flight."""

import bookings
from steps import Step


def do_flight(step: Step) -> dict[str, str]:
    """Book the flight of a trip."""
    return bookings.book(step, "flight")
