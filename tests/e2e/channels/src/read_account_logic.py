from messages import OrderPlaced
from witness import note


def handle_order_placed(message: OrderPlaced) -> None:
    note("read-account", message)
