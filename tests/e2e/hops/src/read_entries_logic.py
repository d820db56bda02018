from messages import OrderCancelled, OrderPlaced
from witness import note


def handle_order_placed(message: OrderPlaced) -> None:
    note("read-entries", message)


def handle_order_cancelled(message: OrderCancelled) -> None:
    note("read-entries", message)
