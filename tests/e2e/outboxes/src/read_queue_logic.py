from messages import OrderTaken


def handle_order_taken(message: OrderTaken) -> None:
    """What the handler logs is all that is asked for."""
