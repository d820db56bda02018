import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from penstock.dev.deploy import deploy
from penstock.dev.embedded import EmbeddedAws
from penstock.dev.observe import Observations
from penstock.dev.places import Contract, Entry, EntryKind, Message, Places, QueuePlace
from penstock.dev.send import send
from penstock.dev.trace import ends, follow
from tests.dev.orders.template import HOPS, WORKERS, logical, template

pytestmark = [pytest.mark.embedded, pytest.mark.slow]
ORDER = Contract("OrderPlaced", "order_id", "order_id")
CHECKOUT = Entry("checkout", EntryKind.API, "intake", "Api", path="/orders", stage="ApiStage")
TILL = Entry("till", EntryKind.API, "entries", "Api", path="/entries", stage="live")
MESSAGES = [
    Message("good", ORDER, CHECKOUT, '{"order_id": "o-1"}'),
    Message("copy", ORDER, CHECKOUT, '{"order_id": "o-1"}'),
    Message("intake poison", ORDER, CHECKOUT, '{"order_id": "o-4", "poison": "intake-worker"}'),
    Message("standard poison", ORDER, CHECKOUT, '{"order_id": "o-2", "poison": "fulfil"}'),
    Message("fifo poison", ORDER, CHECKOUT, '{"order_id": "o-3", "poison": "bookkeeper"}'),
    Message("garbage", ORDER, CHECKOUT, "no JSON & more=less"),
    Message("grouped", ORDER, TILL, '{"order_id": "e-1"}'),
]


def places() -> Places:
    names = [*WORKERS.values(), "entries"]
    queues = [QueuePlace(name, logical(name), drained=name != "entries") for name in names]
    dead = [QueuePlace(f"{name}-dlq", f"{logical(name)}Dlq", dlq_of=name) for name in names]
    return Places((*queues, *dead), HOPS)


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[Message], Observations]]:
    folder = tmp_path_factory.mktemp("compiled")
    shutil.copytree(Path(__file__).parent / "orders" / "functions", folder / "functions")
    (folder / "template.json").write_text(json.dumps(template()))
    with EmbeddedAws() as aws:
        stack = deploy(folder / "template.json", "orders", aws, visibility=4)
        assert "CommerceArchive" in {change.logical_id for change in stack.changes}
        sent = [send(aws, stack, message) for message in MESSAGES]
        yield sent, follow(aws, stack, places(), seconds=90)


def test_every_message_is_told_to_its_end(journey: tuple[list[Message], Observations]) -> None:
    sent, seen = journey
    told: dict[str, set[str]] = {}
    copies: dict[str, set[str]] = {}
    for end in ends(places(), sent, seen):
        # A worker that is slower than the visibility of its queue publishes twice, and those behind it suppress that.
        kind = copies if end.place.startswith("duplicate, suppressed by ") else told
        kind.setdefault(end.message.label, set()).add(end.place)
    everywhere = {f"handled by {name}" for name in WORKERS if name != "intake-worker"}
    assert told["good"] == everywhere
    assert copies["copy"]
    assert "copy" not in told
    assert told["intake poison"] == {"dead letters intake-dlq"}
    assert told["standard poison"] == everywhere - {"handled by fulfil"} | {"dead letters fulfilment-dlq"}
    assert told["fifo poison"] == everywhere - {"handled by bookkeeper"} | {"dead letters ledger-entries-dlq"}
    assert told["garbage"] == {"dead letters intake-dlq"}
    assert told["grouped"] == {"still in entries"}


def test_dead_letters_were_received_as_often_as_the_queue_allows(journey: tuple[list[Message], Observations]) -> None:
    _, seen = journey
    assert [message.receive_count for message in seen.lying if message.queue.dlq_of] == [3] * 4


def test_dead_letters_say_why(journey: tuple[list[Message], Observations]) -> None:
    sent, seen = journey
    errors = {end.message.label: end.error for end in ends(places(), sent, seen) if end.place.startswith("dead")}
    assert errors["fifo poison"] == "ValueError: bookkeeper cannot do this"
    assert errors["garbage"].startswith("JSONDecodeError")
