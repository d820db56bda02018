from messages import Ping
from publish import publish_ping


def handle_ping(message: Ping) -> None:
    publish_ping(message)
