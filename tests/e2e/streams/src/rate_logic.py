from messages import PageViewed, VisitorRated
from publish import publish_visitor_rated
from witness import note


def handle_page_viewed(message: PageViewed) -> None:
    note("rate", message.view_id)
    publish_visitor_rated(VisitorRated(view_id=message.view_id, visitor=message.visitor))
