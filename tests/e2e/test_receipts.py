"""The example `receipts` on the embedded AWS: its handler, in TypeScript, is built as a team builds it, and run by Node.js."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.system import System, compiled
from tests.emit_typescript.project import run, tools

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

ORDERS = [f"ord-{number}" for number in range(6)]
CHEQUE = {"order_id": "ord-x", "amount": 1, "currency": "CHF", "method": {"type": "cheque"}, "paid_at": "now"}
NO_JSON = "no json"


def paid(order: str) -> dict[str, Any]:
    method = {"type": "card", "last_digits": "4242"}
    return {"order_id": order, "amount": 1250, "currency": "CHF", "method": method, "paid_at": "2026-01-01T00:00:00Z"}


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Every order is paid, and told twice; between them comes what nobody can read."""
    given = compiled("../../examples/receipts", tmp_path_factory.mktemp("receipts") / "out")
    (given.folder / "node_modules").symlink_to(tools())
    run(["node", "build.mjs"], given.folder, 60)
    system = System.of(aws, given)
    system.send_together("OrderPaid", [paid(order) for order in ORDERS])
    for body in (json.dumps(CHEQUE), NO_JSON):
        named = {"message": {"DataType": "String", "StringValue": "OrderPaid"}}
        aws.call("sqs", "send_message", QueueUrl=system.queue("paid"), MessageBody=body, MessageAttributes=named)
    system.settle()
    system.send_together("OrderPaid", [paid(order) for order in ORDERS])
    system.settle()
    yield system
    assert aws.denials() == ()


def test_every_order_has_one_receipt(system: System) -> None:
    found = {item["order_id"]: item["text"] for item in system.items("receipts")}
    text = "Received CHF 12.50 by card ending in 4242, 2026-01-01T00:00:00Z"
    assert found == dict.fromkeys(ORDERS, text)


def test_every_copy_is_suppressed(system: System) -> None:
    outcomes = sorted((record.key, record.outcome) for record in system.records() if record.key)
    assert outcomes == sorted((order, outcome) for order in ORDERS for outcome in ("duplicate", "handled"))


def test_what_nobody_can_read_lies_among_the_dead_letters_and_nowhere_else(system: System) -> None:
    dead = system.lying()
    assert list(dead) == ["paid-dlq"]
    assert sorted(json.dumps(payload) for payload, _ in dead["paid-dlq"]) == sorted(map(json.dumps, (CHEQUE, NO_JSON)))


def test_the_reason_is_told_at_the_first_receive(system: System) -> None:
    letters = {letter["Body"]: letter["MessageAttributes"] for letter in system.wire("paid-dlq")}
    told = {body: attributes["penstock.reason"]["StringValue"] for body, attributes in letters.items()}
    assert told[NO_JSON] == "MessageError: the payload is not JSON"
    assert told[json.dumps(CHEQUE)].startswith("MessageError: method")
    assert {each["penstock.receive_count"]["StringValue"] for each in letters.values()} == {"1"}
