import outbox
from messages import OrderPlaced, OrderTaken


def handle_order_placed(message: OrderPlaced) -> None:
    outbox.commit(outbox.enqueue_order_taken(OrderTaken(order_id=message.order_id)))
