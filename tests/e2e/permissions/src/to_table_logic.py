import os
from typing import Any

import boto3
from messages import Ping

MARKS: Any = boto3.resource("dynamodb").Table(os.environ["PENSTOCK_STORE_MARKS"])


def handle_ping(message: Ping) -> None:
    MARKS.put_item(Item={"id": message.id})
