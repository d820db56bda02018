import os
from typing import Any

import boto3
from messages import OrderPlaced
from publish import publish_order_placed

TICKS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_TICKS"])


def run(event: dict[str, Any]) -> object:
    order = OrderPlaced.from_dict(event)
    TICKS.put_item(Item={"order_id": order.order_id, "region": order.region})
    publish_order_placed(order)
    return {"sent": order.order_id}
