from messages import VisitorRated
from witness import note


def handle_visitor_rated(message: VisitorRated) -> None:
    note("profile", f"{message.visitor} {message.view_id}")
