import os

from messages import OrderPlaced


def handle_order_placed(message: OrderPlaced) -> None:
    seen = os.environ["STAGE"], os.environ["LEVEL"]
    if seen != ("dev", "loud"):
        raise ValueError(f"{message.order_id} came to {seen}")
