"""Workers of a service under faults, on the embedded AWS: what becomes of many messages when everything goes wrong now and then.

Some messages come twice, some are poison; for some the process dies before its effect, for some after it and before the acknowledgement,
and for some AWS throttles. What a key suffers is fixed by the key, and less than the attempts that it has, so the end is certain.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from penstock.dev.embedded import EmbeddedAws
from penstock.emit.python_worker import Polled, emit_worker
from tests.emit_python.samples import BURYING, CONDITIONAL

ATTEMPTS = 5
FAULTS = ("dies before", "dies after", "is throttled", "", "", "")
LOGIC = """
import os, pathlib
import boto3
from botocore.exceptions import ClientError
from copies import conditional

EFFECTS = boto3.resource("dynamodb").Table("effects")
FAULTS = ("dies before", "dies after", "is throttled", "", "", "")

def first(key, fault):
    try:
        pathlib.Path(f"{key}.{fault}").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True

def handle_order_placed(message, *, idempotency_key):
    fault = FAULTS[int(idempotency_key) % len(FAULTS)]
    if fault == "dies before" and first(idempotency_key, fault):
        os._exit(9)
    if fault == "is throttled" and first(idempotency_key, fault):
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "UpdateItem")
    with conditional():
        EFFECTS.update_item(
            Key={"id": idempotency_key}, UpdateExpression="SET seen = :yes ADD n :one",
            ConditionExpression="attribute_not_exists(seen)",
            ExpressionAttributeValues={":one": 1, ":yes": True},
        )
    if fault == "dies after" and first(idempotency_key, fault):
        os._exit(9)
"""


class Soaked(NamedTuple):
    """What was sent and what became of it: effects by key, dead bodies, what is left in the queue, faults that were had.

    ``dead`` has each body once: where a worker is slow, poison may be buried twice. ``told`` has the reasons that lie with the dead.
    """

    keys: int
    sent: int
    poison: list[str]
    effects: dict[str, int]
    dead: list[str]
    told: set[str]
    left: int
    faults: int

    @property
    def lost(self) -> int:
        """Messages whose effect nobody had, and that are in no queue."""
        return self.keys - len(self.effects) + len(self.poison) - len(self.dead) - self.left


def soak(folder: Path, keys: int, *, workers: int = 3, seconds: int = 60) -> Soaked:
    """Send so many keys, every third twice, and poison for every eighth; wait until the queue is empty, or the time is over."""
    with EmbeddedAws(authorize=False) as aws:
        key: dict[str, Any] = {
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        }
        attributes = [{"AttributeName": "id", "AttributeType": "S"}]
        aws.call("dynamodb", "create_table", TableName="effects", AttributeDefinitions=attributes, **key)
        dead = _queue(aws, "dead", {})
        redrive = {"deadLetterTargetArn": _arn(aws, dead), "maxReceiveCount": ATTEMPTS}
        url = _queue(aws, "work", {"VisibilityTimeout": "1", "RedrivePolicy": json.dumps(redrive)})
        good = [json.dumps({"order_id": str(at), "items": [{"sku": "x"}]}) for at in range(keys)]
        poison = [json.dumps({"order_id": str(at), "items": []}) for at in range(0, keys, 8)]
        bodies = [*good, *good[::3], *poison]
        for body in bodies:
            aws.call("sqs", "send_message", QueueUrl=url, MessageBody=body)
        pool = _pool(folder, aws, url, dead, workers)
        try:
            _wait(aws, url, dead, len(poison), time.monotonic() + seconds)
            pool.terminate()
            pool.wait(timeout=30)
        finally:
            pool.kill()
            pool.wait(timeout=5)
        lying = _all(aws, dead)
        items = aws.call("dynamodb", "scan", TableName="effects")["Items"]
        faults = sum("." in path.name and path.suffix.removeprefix(".") in FAULTS[:3] for path in folder.rglob("*.*"))
        return Soaked(
            keys=keys,
            sent=len(bodies),
            poison=poison,
            effects={item["id"]["S"]: int(item["n"]["N"]) for item in items},
            dead=sorted(lying),
            told=set(lying.values()),
            left=_count(aws, url),
            faults=faults,
        )


def _queue(aws: EmbeddedAws, name: str, attributes: dict[str, str]) -> str:
    return str(aws.call("sqs", "create_queue", QueueName=name, Attributes=attributes)["QueueUrl"])


def _arn(aws: EmbeddedAws, url: str) -> str:
    found = aws.call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["QueueArn"])
    return str(found["Attributes"]["QueueArn"])


def _pool(folder: Path, aws: EmbeddedAws, url: str, dead: str, workers: int) -> "subprocess.Popen[bytes]":
    buried = replace(CONDITIONAL, folder="services", sources=BURYING.sources)
    made = emit_worker(buried, [Polled("fulfilment", 1, 1, fifo=False)], 8)
    for path, text in {**made.files, "services/fulfil/fulfil_logic.py": LOGIC}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    variables = {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "PENSTOCK_SOURCE_FULFILMENT": url,
        "PENSTOCK_QUEUE_FULFILMENT_DLQ": dead,
        "PENSTOCK_PROCESSING_TIMEOUT": "10",
        "PENSTOCK_WORKERS": str(workers),
    }
    return subprocess.Popen(
        [sys.executable, "worker.py"],
        cwd=folder / "services" / "fulfil",
        env=variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _wait(aws: EmbeddedAws, url: str, dead: str, wanted: int, end: float) -> None:
    while time.monotonic() < end and (_count(aws, url) or _count(aws, dead) < wanted):
        time.sleep(0.2)


def _count(aws: EmbeddedAws, url: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = aws.call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


def _all(aws: EmbeddedAws, url: str) -> dict[str, str]:
    """Every body in a queue, with the reason that came with it."""
    bodies = {}
    arguments = {"MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
    while found := aws.call("sqs", "receive_message", QueueUrl=url, **arguments).get("Messages"):
        for message in found:
            reason = message.get("MessageAttributes", {}).get("penstock.reason", {}).get("StringValue", "")
            bodies[str(message["Body"])] = str(reason)
    return bodies
