"""Tells from a view how interested a visitor is."""

from messages import PageViewed, VisitorRated
from publish import publish_visitor_rated

LONG = 60
"""Seconds from which on a view says that somebody read the page."""


def handle_page_viewed(message: PageViewed) -> None:
    """Rate the visitor by one view."""
    interest = "high" if message.seconds >= LONG else "low"
    publish_visitor_rated(VisitorRated(view_id=message.view_id, visitor=message.visitor, interest=interest))
