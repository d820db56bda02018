"""Tells everybody that an order was placed."""

from messages import OrderPlaced
from publish import publish_order_placed


def handle_order_placed(message: OrderPlaced) -> None:
    """Put the order on the bus."""
    publish_order_placed(message)
