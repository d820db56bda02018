"""Issues tickets."""

import bookings
from steps import Step


def do_tickets(step: Step) -> dict[str, str]:
    """Issue the tickets of a trip that is paid."""
    return bookings.book(step, "tickets")
