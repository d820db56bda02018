from messages import Ping


def handle_ping(message: Ping) -> None:
    """That it came is in the handler's own log."""
