from messages import OrderPlaced


def handle_order_placed(message: OrderPlaced) -> None:
    """What the handler logs is all that is asked for."""
