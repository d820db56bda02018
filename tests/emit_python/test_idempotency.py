"""The four ways in which a second copy of a message is harmless, in Python, each against what it stands on."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from penstock.dev.embedded import EmbeddedAws
from penstock.emit.python import emit_function
from tests.emit_python.generated import DRIVER, write
from tests.emit_python.ways import STUBS, check, embedded, starting, way_called

pytestmark = [pytest.mark.embedded, pytest.mark.slow]
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
import psycopg
from copies import claim
def handle_order_placed(message, *, idempotency_key):
    with psycopg.connect() as connection:
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


LOGIC = {"table": COUNTING, "conditional-write": WRITING, "unique-constraint": CLAIMING, "client-key": ASKING}


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with embedded() as found:
        yield found


@pytest.mark.parametrize("name", STUBS)
def test_an_effect_is_had_once_however_often_the_message_comes(name: str, aws: EmbeddedAws, tmp_path: Path) -> None:
    folder = write(STUBS[name], tmp_path, DYING + LOGIC[name])
    with way_called(name, aws) as way:
        check(
            way, starting([sys.executable, "-W", "error::DeprecationWarning", str(DRIVER)], folder, way), folder / "die"
        )


def test_the_way_that_does_not_cover_a_crash_says_so() -> None:
    said = " ".join(emit_function(STUBS["table"]).created_once["src/fulfil_logic.py"].split())
    assert "done again from the start; so is work whose invocation died, whatever it had done" in said
