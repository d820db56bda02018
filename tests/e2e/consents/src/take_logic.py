"""Takes what others send."""

from messages import OrderCancelled


def handle_order_cancelled(message: OrderCancelled) -> None:
    """Nothing is done: that it arrived is what counts."""
    del message
