"""The four ways in which a second copy of a message is harmless, each against what it stands on.

A message is delivered three times one after the other, three times at once, and again after its invocation died between the effect and
the acknowledgement. Its effect is had once; where a way cannot promise that, its docstring says so, and so does this.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from penstock.dev.embedded import EmbeddedAws
from penstock.emit.python import emit_function
from penstock.emit.python_types import FunctionStub
from tests.emit_python.generated import DRIVER, batch, record, write
from tests.emit_python.samples import CONDITIONAL, CONSUMER, KEYED, UNIQUE
from tests.postgres import connect, postgres

pytestmark = [pytest.mark.embedded, pytest.mark.slow]
KILLED = 9
DYING = """
import os, time
def die_once():
    time.sleep(0.2)
    if os.path.exists("die"):
        os.remove("die")
        os._exit(9)
"""
COUNTING = """
import boto3
EFFECTS = boto3.resource("dynamodb").Table("effects")
def handle_order_placed(message):
    EFFECTS.update_item(Key={"id": message.order_id}, UpdateExpression="ADD n :one", ExpressionAttributeValues={":one": 1})
    die_once()
"""
WRITING = """
import boto3
from copies import conditional
EFFECTS = boto3.resource("dynamodb").Table("effects")
def handle_order_placed(message, *, idempotency_key):
    with conditional():
        EFFECTS.update_item(
            Key={"id": message.order_id}, UpdateExpression="SET seen = :key ADD n :one",
            ConditionExpression="attribute_not_exists(seen)",
            ExpressionAttributeValues={":one": 1, ":key": idempotency_key},
        )
    die_once()
"""
CLAIMING = """
import os, psycopg
from copies import claim
def handle_order_placed(message, *, idempotency_key):
    with psycopg.connect(os.environ["DATABASE"]) as connection:
        cursor = connection.cursor()
        claim(cursor, idempotency_key)
        cursor.execute("INSERT INTO effects (id) VALUES (%s)", (message.order_id,))
        time.sleep(0.2)
    die_once()
"""
ASKING = """
import os, boto3
def handle_order_placed(message, *, idempotency_key):
    boto3.client("sqs").send_message(
        QueueUrl=os.environ["SERVICE"], MessageBody=message.order_id, MessageGroupId="g",
        MessageDeduplicationId=idempotency_key.translate({ord(char): None for char in '[]{}: "'}),
    )
    die_once()
"""


@dataclass
class Way:
    """One way: the function, and how to count what it has done for an order."""

    name: str
    stub: FunctionStub
    logic: str
    environment: dict[str, str]
    effects: Callable[[str], int]

    def deliver(
        self, folder: Path, order: str, *, times: int = 1, more: dict[str, str] | None = None
    ) -> "subprocess.Popen[str]":
        """Start a process that is given the message once, or several times one after the other."""
        event = batch(record({"order_id": order, "items": [{"sku": order}]}))
        process = subprocess.Popen(
            [sys.executable, "-W", "error::DeprecationWarning", str(DRIVER)],
            cwd=folder,
            env={"PATH": os.environ["PATH"], **self.environment, **(more or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdin
        process.stdin.write(json.dumps([event] * times))
        process.stdin.close()
        process.stdin = None
        return process


def outcomes(process: "subprocess.Popen[str]") -> list[str]:
    """What became of each delivery, or `died`."""
    out, err = process.communicate(timeout=60)
    if process.returncode == KILLED:
        return ["died"]
    assert process.returncode == 0, err
    lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    return [str(line["outcome"]) for line in lines if line.get("penstock") == "record"]


def outcome(process: "subprocess.Popen[str]") -> str:
    """What became of the one delivery."""
    (only,) = outcomes(process)
    return only


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(authorize=False) as embedded:
        key: dict[str, Any] = {
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        }
        for table in ("effects", "once"):
            embedded.call("dynamodb", "create_table", TableName=table, **key)
        yield embedded


@pytest.fixture(params=["table", "conditional-write", "unique-constraint", "client-key"])
def way(request: pytest.FixtureRequest, aws: EmbeddedAws) -> Iterator[Way]:
    environment = {
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "PENSTOCK_STORE_IDEMPOTENCY": "once",
    }

    def counted(order: str) -> int:
        item = aws.call("dynamodb", "get_item", TableName="effects", Key={"id": {"S": order}}, ConsistentRead=True)
        return int(item.get("Item", {}).get("n", {"N": "0"})["N"])

    if request.param == "table":
        yield Way(request.param, CONSUMER, COUNTING, environment, counted)
    elif request.param == "conditional-write":
        yield Way(request.param, CONDITIONAL, WRITING, environment, counted)
    elif request.param == "client-key":
        name = {"QueueName": "service.fifo", "Attributes": {"FifoQueue": "true"}}
        url = aws.call("sqs", "create_queue", **name)["QueueUrl"]

        def taken(order: str) -> int:
            shown = aws.call(
                "sqs", "receive_message", QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, WaitTimeSeconds=0
            )
            return sum(message["Body"] == order for message in shown.get("Messages", ()))

        yield Way(request.param, KEYED, ASKING, {**environment, "SERVICE": url}, taken)
    else:
        with postgres() as secret:
            with connect(secret) as connection:
                connection.execute("CREATE TABLE effects (id text)")
                connection.execute(emit_function(UNIQUE).files["functions/fulfil/done.sql"])
            words = {"user": "username", "password": "password", "host": "host", "port": "port", "dbname": "dbname"}
            database = " ".join(f"{word}={secret[key]}" for word, key in words.items())

            def written(order: str) -> int:
                with connect(secret) as connection:
                    row = connection.execute("SELECT count(*) FROM effects WHERE id = %s", (order,)).fetchone()
                return int(row[0])

            yield Way(request.param, UNIQUE, CLAIMING, {**environment, "DATABASE": database}, written)


def test_an_effect_is_had_once_however_often_the_message_comes(way: Way, tmp_path: Path) -> None:
    folder = write(way.stub, tmp_path, DYING + way.logic)
    a, b, c = (f"{way.name}-{each}" for each in "abc")
    one_by_one = outcomes(way.deliver(folder, a, times=3))
    silent = way.logic is ASKING  # the service does not say what it ignored
    assert one_by_one == ["handled", *["handled" if silent else "duplicate"] * 2]
    assert way.effects(a) == 1
    at_once = [outcome(each) for each in [way.deliver(folder, b) for _ in range(3)]]
    assert "handled" in at_once
    assert way.effects(b) == 1
    (folder / "die").touch()
    assert outcome(way.deliver(folder, c, more={"REMAINING_MS": "1500"})) == "died"
    assert way.effects(c) == 1
    if way.logic is COUNTING:
        said = " ".join(emit_function(CONSUMER).created_once["src/fulfil_logic.py"].split())
        assert "done again from the start; so is work whose invocation died, whatever it had done" in said
        time.sleep(1.6)
        assert outcome(way.deliver(folder, c)) == "handled"
        assert way.effects(c) == 2
    else:
        assert outcome(way.deliver(folder, c)) == ("handled" if silent else "duplicate")
        assert way.effects(c) == 1
