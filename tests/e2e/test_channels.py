"""What channels can do besides carrying messages: a part of an event, the account's own bus, filters of Lambda, fair shares.

Archives, logs and schemas of buses, registered readers of streams and buckets for failed batches are left out here: the emulator
has none of the first, and its mappings of streams know no destination. `tests/kinds` and `tests/hops` look at the template.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.system import System, compiled, value

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """With the declared visibility timeouts: no message of these tests comes back."""
    yield System.of(aws, compiled("channels", tmp_path_factory.mktemp("channels") / "out"), visibility=None)
    assert aws.denials() == ()


def order(order_id: str, *, region: str = "eu", amount: float = 150) -> dict[str, Any]:
    return {"order_id": order_id, "customer": {"id": "c-1"}, "region": region, "amount": amount}


def read(system: System, order_id: str) -> dict[str, list[object]]:
    """Who wrote an order down, and what of it."""
    found = {
        reader: [value(line.split(" ", 1)[1]) for line in lines if f'"order_id": "{order_id}"' in line]
        for reader, lines in system.journal().items()
    }
    return {reader: lines for reader, lines in found.items() if lines}


def test_a_queue_gets_the_message_without_its_event(system: System) -> None:
    sent = order("alone", region="us")
    with system.paused("read-alone"):
        system.send("OrderPlaced", sent, "shop")
        (alone,) = system.wire("alone")
    assert json.loads(alone["Body"]) == sent
    system.settle()
    assert read(system, "alone") == {"read-alone": [sent]}


@pytest.mark.parametrize(("region", "readers"), [("eu", ["read-alone", "read-some"]), ("us", ["read-alone"])])
def test_a_filter_finds_a_field_in_an_event(system: System, region: str, readers: list[str]) -> None:
    system.send("OrderPlaced", order(f"event-{region}", region=region), "shop")
    system.settle()
    assert sorted(read(system, f"event-{region}")) == readers
    assert system.lying() == {}


@pytest.mark.parametrize(("amount", "readers"), [(100, ["read-some"]), (99, [])])
def test_a_filter_finds_a_field_in_the_body(system: System, amount: float, readers: list[str]) -> None:
    system.send("OrderPlaced", order(f"body-{amount}", amount=amount), "till")
    system.settle()
    assert list(read(system, f"body-{amount}")) == readers
    assert system.lying() == {}


def test_the_accounts_own_bus_brings_events(system: System) -> None:
    sent = order("own")
    with system.paused("read-account"):
        system.send("OrderPlaced", sent, "clerk")
        (event,) = system.wire("account")
    assert json.loads(event["Body"])["source"] == "shop.desk"
    system.settle()
    assert read(system, "own") == {"read-account": [sent]}


def test_every_message_of_a_fair_queue_has_a_group(system: System) -> None:
    sent = order("fair")
    with system.paused("read-shared"):
        system.send("OrderPlaced", sent, "desk")
        (message,) = system.wire("shared")
    assert message["Attributes"]["MessageGroupId"] == "c-1"
    system.settle()
    assert read(system, "fair") == {"read-shared": [sent]}
