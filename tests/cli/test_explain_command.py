"""`penstock explain`: what becomes of every message."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Penstock
from tests.cli.topology import save

TEXT = """\
penstock: 1
name: shop
alarms: {notify: "arn:aws:sns:eu-central-1:111122223333:alerts"}
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id}
  OrderPaid: {schema: {type: object}, idempotency_key: order_id}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  intake: {from: orders, visibility_timeout: 3m, dlq: {max_receives: 5}}
  paid: {}
consumers:
  charge: {from: intake, publishes: {message: OrderPaid, to: paid}}
"""


def explained(penstock: Penstock, *arguments: str) -> str:
    save(TEXT)
    ran = penstock("explain", *arguments)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def test_everything(penstock: Penstock) -> None:
    assert (
        explained(penstock)
        == """\
external producer 'shop'
  to topic 'orders': OrderPlaced
    at least once; in no order; external producer 'shop' tries 3 times; then error to the caller
    to queue 'intake': OrderPlaced
      at least once; in no order; SNS tries 100,015 times within 23 d; then dropped
      to function 'charge': OrderPlaced
        at least once; in no order; SQS tries 5 times within 4 d; then dead-letter queue
        'intake-dlq', which keeps it for 14 d; what cannot be read goes to queue 'intake-dlq' at
        once
        to queue 'paid': OrderPaid
          at least once; in no order; the AWS SDK in function 'charge' tries 3 times; then error to
          the caller
"""
    )


def test_one_message_ends_where_another_begins(penstock: Penstock) -> None:
    lines = explained(penstock, "OrderPaid").splitlines()
    assert [line for line in lines if line.startswith("  to ")] == ["  to queue 'paid': OrderPaid"]
    assert lines[0] == "function 'charge'"
    assert "paid" not in explained(penstock, "OrderPlaced")


def test_one_component_with_what_comes_to_it(penstock: Penstock) -> None:
    lines = explained(penstock, "intake").splitlines()
    assert [line.strip() for line in lines if line.lstrip().startswith(("from", "to", "queue"))] == [
        "queue 'intake'",
        "from topic 'orders': OrderPlaced",
        "to function 'charge': OrderPlaced",
        "to queue 'paid': OrderPaid",
    ]


def test_json(penstock: Penstock) -> None:
    document = json.loads(explained(penstock, "charge", "--format", "json"))
    hop = document["hops"][0]
    assert (hop["from"], hop["to"], hop["messages"]) == ("intake", "charge", ["OrderPlaced"])
    assert (hop["promise"]["attempts"], hop["promise"]["dead_letters"]) == (5, "intake-dlq")
    assert hop["promise"]["unread"] == "intake-dlq"


def test_a_path_may_stand_alone(penstock: Penstock) -> None:
    save(TEXT)
    Path("elsewhere").mkdir()
    Path("topology.yaml").rename("elsewhere/topology.yaml")
    assert penstock("explain", "elsewhere").out.startswith("external producer 'shop'\n")
    assert penstock("explain", "intake", "elsewhere").out.startswith("queue 'intake'\n")


@pytest.mark.parametrize("name", ["intaek", "OrderPlacd"])
def test_an_unknown_name(penstock: Penstock, name: str) -> None:
    save(TEXT)
    ran = penstock("explain", name)
    assert ran.code == 2
    assert ran.err.startswith(f"penstock: nothing is named '{name}' in topology 'shop'; did you mean '")


FLOW = (
    TEXT
    + """\
sagas:
  buy:
    type: choreography
    starts_with: OrderPlaced
    ends_with: OrderPaid
    compensations: {OrderPlaced: {none: "nothing is done by it"}}
    timeout: {after: 1d, watched_by: charge}
"""
)


def told(penstock: Penstock, *arguments: str) -> str:
    save(FLOW)
    ran = penstock("explain", "buy", *arguments)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def test_a_choreography_is_told_message_by_message(penstock: Penstock) -> None:
    assert (
        told(penstock)
        == """\
choreography 'buy': from OrderPlaced to OrderPaid
  OrderPlaced, sent by external producer 'shop'; never undone: nothing is done by it
    function 'charge' takes it and sends OrderPaid
  OrderPaid, sent by function 'charge'; an end
    nobody here takes it
  overdue after 1 d: function 'charge' looks for it
"""
    )


def test_a_choreography_is_drawn(penstock: Penstock) -> None:
    assert told(penstock, "--format", "mermaid").splitlines() == [
        "sequenceDiagram",
        "    participant p0 as shop",
        "    participant p1 as charge",
        "    p0->>p1: OrderPlaced",
        "    Note over p1: looks for flows older than 1 d",
    ]


def test_a_choreography_is_told_to_programs(penstock: Penstock) -> None:
    document = json.loads(told(penstock, "--format", "json"))
    assert document["choreography"] == "buy"
    assert [(one["message"], one["end"]) for one in document["flow"]] == [("OrderPlaced", False), ("OrderPaid", True)]
    assert document["timeout"] == {"after_seconds": 86_400, "watched_by": "charge"}


def test_only_a_choreography_is_drawn(penstock: Penstock) -> None:
    save(TEXT)
    ran = penstock("explain", "charge", "--format", "mermaid")
    assert (ran.code, ran.err) == (2, "penstock: a sequence diagram shows a choreography: name one\n")
