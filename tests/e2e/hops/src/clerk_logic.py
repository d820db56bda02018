from messages import OrderPlaced
from publish import publish_order_placed
from witness import note


def handle_order_placed(message: OrderPlaced) -> None:
    if message.note == "refuse":
        raise ValueError(f"refused {message.order_id}")
    note("clerk", message)
    publish_order_placed(message)
