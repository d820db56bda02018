"""Cancels a car."""

import bookings
from steps import Step


def undo_car(step: Step) -> None:
    """Cancel the car of a trip; that it was never booked is no error."""
    bookings.cancel(step)
