from messages import OrderCancelled, OrderPlaced
from publish import publish_order_placed
from witness import note


def handle_order_placed(message: OrderPlaced) -> None:
    publish_order_placed(message)


def handle_order_cancelled(message: OrderCancelled) -> None:
    note("relay", message)
