"""Gives payments back."""

import bookings
from steps import Step


def undo_payment(step: Step) -> None:
    """Give back what was charged under the step's key, if anything was."""
    bookings.cancel(step)
