"""Takes an order in: whoever has to know of it is told."""

from messages import OrderPlaced
from publish import publish_order_placed


def handle_order_placed(message: OrderPlaced) -> None:
    """Tell fulfilment, the ledger and invoicing; an error on the way has the whole order taken in again."""
    publish_order_placed(message)
