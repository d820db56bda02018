import hashlib

from penstock.dev.adapt import Change
from penstock.dev.observe import Lying, Observations, Record
from penstock.dev.places import Contract, Entry, EntryKind, Message, Places, QueuePlace
from penstock.dev.report import render_changes, render_ends
from penstock.dev.trace import End, ends, strangers

CONTRACT = Contract("OrderPlaced", "order_id", "order_id")
SHOP = Entry("shop", EntryKind.API, "intake", "Api")
QUEUES = (
    QueuePlace("intake", "Intake"),
    QueuePlace("intake-dlq", "IntakeDlq", dlq_of="intake"),
    QueuePlace("parcels", "Parcels"),
    QueuePlace("parcels-dlq", "ParcelsDlq", dlq_of="parcels"),
)
HOPS = (("shop", "intake"), ("intake", "worker"), ("worker", "orders"), ("orders", "parcels"), ("parcels", "packer"))
PLACES = Places(QUEUES, HOPS)


def message(label: str, payload: str, refusal: str | None = None) -> Message:
    return Message(label, CONTRACT, SHOP, payload, refusal)


def record(at: tuple[str, str], outcome: str, payload: str, key: str | None = None, count: int = 1) -> Record:
    digest = hashlib.sha256(payload.encode()).hexdigest()
    error = "KeyError: total" if outcome in {"failed", "poison"} else ""
    return Record(*at, "OrderPlaced", key, count, outcome, error, digest)


def told(found: tuple[End, ...]) -> list[tuple[str, int | None, str]]:
    return [(end.message.label, end.attempts, end.place) for end in found]


WORKER = ("worker", "intake")
PACKER = ("packer", "parcels")
GOOD = '{"order_id": "o-1"}'
REWRITTEN = '{"order_id":"o-1","checked":true}'


def test_a_message_ends_at_the_last_consumer_found_by_its_key() -> None:
    seen = Observations((record(WORKER, "handled", GOOD), record(PACKER, "handled", REWRITTEN, key="o-1")), ())
    found = ends(PLACES, [message("order.json", GOOD)], seen)
    assert told(found) == [("order.json", 1, "handled by packer")]
    assert found[0].way == ("shop", "intake", "worker", "orders", "parcels", "packer")


def test_copies_share_the_outcomes() -> None:
    seen = Observations(
        (
            record(WORKER, "duplicate", GOOD, key="o-1", count=2),
            record(WORKER, "handled", GOOD, key="o-1"),
            record(PACKER, "handled", GOOD, key="o-1"),
        ),
        (),
    )
    found = ends(PLACES, [message("first", GOOD), message("second", GOOD)], seen)
    assert told(found) == [("first", 1, "handled by packer"), ("second", 2, "duplicate, suppressed by worker")]


def test_a_poison_message_with_the_key_of_a_good_one_is_told_apart_by_its_payload() -> None:
    poison = '{"order_id": "o-1", "total": "much"}'
    seen = Observations(
        (
            record(WORKER, "handled", GOOD, key="o-1"),
            record(WORKER, "failed", poison, key="o-1", count=3),
        ),
        (Lying(QUEUES[1], poison, 3),),
    )
    found = ends(PLACES, [message("good", GOOD), message("poison", poison)], seen)
    assert told(found) == [("good", 1, "handled by worker"), ("poison", 3, "dead letters intake-dlq")]
    assert found[1].way == ("shop", "intake", "intake-dlq")
    assert found[1].error == "KeyError: total"


def test_poison_that_the_handler_buried_was_tried_once() -> None:
    """Nobody has received it yet where it lies; the reason is the handler's."""
    seen = Observations((record(WORKER, "poison", "garbage"),), (Lying(QUEUES[1], "garbage", 0),))
    found = ends(PLACES, [message("garbage", "garbage")], seen)
    assert told(found) == [("garbage", 1, "dead letters intake-dlq")]
    assert found[0].error == "KeyError: total"


def test_text_that_is_no_json_is_found_by_its_bytes() -> None:
    seen = Observations((), (Lying(QUEUES[0], "garbage", 2),))
    assert told(ends(PLACES, [message("garbage", "garbage")], seen)) == [("garbage", 2, "still in intake")]


def test_refused_and_lost_messages_have_an_end_too() -> None:
    sent = [message("refused", "x", refusal="answered 400"), message("lost", "y")]
    found = ends(PLACES, sent, Observations((), ()))
    assert told(found) == [("refused", None, "refused"), ("lost", None, "not seen again")]
    assert found[0].error == "answered 400"


def test_records_of_other_messages_are_strangers() -> None:
    other = record(("mailer", "mails"), "handled", '{"mail": 1}', key="m-1")
    seen = Observations((record(WORKER, "handled", GOOD), other), ())
    assert strangers([message("order.json", GOOD)], seen) == (other,)


def test_the_table_fits_and_names_errors_once() -> None:
    poison = message("a-rather-long-name-of-a-poison-message.json", GOOD)
    way = ("shop", "intake", "worker", "orders", "parcels")
    found = [
        End(poison, (*way, "packer"), 1, "handled by packer"),
        End(poison, (*way[:3], "audit", "auditor"), 12, "dead letters audit-dlq", "ValueError: no"),
    ]
    table = render_ends(found, 80)
    assert max(len(line) for line in table.splitlines()) <= 80
    assert "... > worker > audit >" in table
    assert " ".join(table.split()).count("ValueError: no") == 1
    assert table.splitlines()[0].split() == ["MESSAGE", "PATH", "ATTEMPTS", "ENDED"]


def test_changes_of_a_kind_are_told_together() -> None:
    text = render_changes([Change("B", "left out"), Change("A", "left out"), Change("C", "opened")])
    assert text == "A, B: left out\nC: opened\n"
