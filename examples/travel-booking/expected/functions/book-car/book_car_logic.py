"""Books a car."""

import bookings
from steps import Step


def do_car(step: Step) -> dict[str, str]:
    """Book the car of a trip."""
    return bookings.book(step, "car")
