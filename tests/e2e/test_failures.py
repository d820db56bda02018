"""What becomes of messages that fail, come twice, or take their handler down with them."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.system import System, compiled, until, value

pytestmark = pytest.mark.embedded

READERS = ("patient", "hasty", "calm", "bulk", "fragile", "convoy", "column")
# Longer than the functions' timeout of 3 s: until then an invocation that died still holds its idempotency key.
VISIBILITY = 4
BULK = [{"parcel_id": f"b-{number}", "truck": "t"} for number in range(10)]
FRAGILE = [{"parcel_id": f"f-{number}", "truck": "t"} for number in range(10)]
COLUMN = [{"parcel_id": f"{truck}-{number}", "truck": truck} for number in (1, 2, 3) for truck in "ab"]


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """All troubles at once, each in a queue of its own; when it is handed out, everything has come to rest."""
    system = System.of(aws, compiled("failures", tmp_path_factory.mktemp("failures") / "out"), visibility=None)
    for reader in READERS:
        parcel(system, reader, "warm")
    system.settle()
    system.hurry(VISIBILITY)
    parcel(system, "patient", "p-5", trouble="poison")
    parcel(system, "hasty", "p-3", trouble="poison")
    system.send("ParcelSent", "garbage", "to-patient")
    for garbage in ({"parcel_id": "c-1", "truck": "c", "trouble": 7}, {"parcel_id": "c-2", "truck": "c"}):
        system.send("ParcelSent", garbage, "to-column")
    _copies(system)
    _batches(system)
    system.settle()
    yield system
    assert aws.denials() == ()


def _copies(system: System) -> None:
    """The same parcel twice, one after the other, and another one five times at once, into five invocations."""
    parcel(system, "calm", "twice")
    until(lambda: "done twice" in system.journal()["read-calm"], "the first copy is not handled")
    parcel(system, "calm", "twice")
    with system.paused("read-calm"):
        system.send_together("ParcelSent", [{"parcel_id": "five", "truck": "t"}] * 5, "to-calm")


def _batches(system: System) -> None:
    """Ten parcels in one batch with a poisonous one, ten with one that crashes the handler, and two columns of trucks."""
    with system.paused("read-bulk", "read-fragile", "read-convoy", "read-column"):
        for bulk, fragile in zip(BULK, FRAGILE, strict=True):
            system.send("ParcelSent", bulk | ({"trouble": "poison"} if bulk["parcel_id"] == "b-6" else {}), "to-bulk")
            crash = {"trouble": "crash"} if fragile["parcel_id"] == "f-4" else {}
            system.send("ParcelSent", fragile | crash, "to-fragile")
        for each in COLUMN:
            poison = {"trouble": "poison"} if each["parcel_id"] == "a-2" else {}
            system.send("ParcelSent", each | poison, "to-convoy")
            system.send("ParcelSent", each | poison, "to-column")


def parcel(system: System, queue: str, parcel_id: str, **more: str) -> None:
    system.send("ParcelSent", {"parcel_id": parcel_id, "truck": "t", **more}, f"to-{queue}")


def written(system: System, reader: str) -> list[str]:
    """What a reader wrote down after the parcel that warmed it up."""
    first, *rest = system.journal()[f"read-{reader}"]
    assert first == "done warm"
    return rest


def dead(system: System, queue: str) -> list[Any]:
    return [payload for payload, _ in system.lying()[f"{queue}-dlq"]]


def failed(queue: str, reader: str, receives: int) -> list[str]:
    return [f"{queue} > {reader}: failed ParcelSent {receive}" for receive in range(1, receives + 1)]


@pytest.mark.parametrize(("queue", "receives"), [("hasty", 3), ("patient", 5)])
def test_a_poison_message_is_tried_exactly_as_often_as_declared(system: System, queue: str, receives: int) -> None:
    poison = {"parcel_id": f"p-{receives}", "truck": "t", "trouble": "poison"}
    assert poison in dead(system, queue)
    assert system.passed(f"p-{receives}") == failed(queue, f"read-{queue}", receives)
    assert written(system, queue) == [f"tried p-{receives}"] * receives
    apart = 1 + receives
    assert apart <= system.invocations(f"read-{queue}") <= apart + (queue == "patient")  # the garbage may share a batch


def test_copies_have_their_effect_once(system: System) -> None:
    assert sorted(written(system, "calm")) == ["done five", "done twice"]
    assert [line.split(" ")[3] for line in system.passed("twice")] == ["duplicate", "handled"]


def test_copies_at_once_have_their_effect_once(system: System) -> None:
    """A copy that comes while the first is being handled fails, and is a duplicate when it comes again."""
    outcomes = Counter(
        (record.outcome, record.error.partition(":")[0]) for record in system.records() if record.key == "five"
    )
    assert outcomes.pop(("handled", "")) == 1
    assert outcomes.pop(("duplicate", "")) >= 4
    assert outcomes.keys() <= {("failed", "IdempotencyAlreadyInProgressError")}
    assert "calm-dlq" not in system.lying()


def test_a_batch_with_one_bad_message_loses_nothing(system: System) -> None:
    good = [each["parcel_id"] for each in BULK if each["parcel_id"] != "b-6"]
    lines = written(system, "bulk")
    assert [line for line in lines if line.startswith("done")] == [f"done {each}" for each in good]
    assert [line for line in lines if not line.startswith("done")] == ["tried b-6"] * 5
    assert system.lying()["bulk-dlq"] == [({"parcel_id": "b-6", "truck": "t", "trouble": "poison"}, 5)]
    assert system.passed("b-6", "read-bulk") == failed("bulk", "read-bulk", 5)
    assert [system.passed(each, "read-bulk") for each in good] == [["bulk > read-bulk: handled ParcelSent 1"]] * 9
    assert system.invocations("read-bulk") == 1 + 5


def test_a_crash_in_the_middle_of_a_batch_loses_nothing_and_repeats_nothing(system: System) -> None:
    before, after = [f"done f-{number}" for number in range(4)], [f"done f-{number}" for number in range(4, 10)]
    assert written(system, "fragile") == [*before, "tried f-4", *after]
    again = [
        f"fragile > read-fragile: {outcome} ParcelSent {count}" for outcome, count in (("duplicate", 2), ("handled", 1))
    ]
    assert [system.passed(f"f-{number}") for number in range(4)] == [again] * 4
    second = ["fragile > read-fragile: handled ParcelSent 2"]
    assert [system.passed(f"f-{number}") for number in range(4, 10)] == [second] * 6
    assert system.invocations("read-fragile") == 1 + 2


def test_nothing_overtakes_a_poison_message_in_its_group_when_messages_come_singly(system: System) -> None:
    """SQS hands out no message of a group while an earlier one is not done; so a-3 waits until a-2 is given up."""
    assert [line for line in written(system, "column") if line.endswith(("a-1", "a-2", "a-3"))] == [
        "done a-1",
        *["tried a-2"] * 3,
        "done a-3",
    ]
    others = [line for line in written(system, "column") if " b-" in line]
    assert others == ["done b-1", "done b-2", "done b-3"]
    assert {"parcel_id": "a-2", "truck": "a", "trouble": "poison"} in dead(system, "column")
    assert system.passed("a-2", "read-column") == failed("column", "read-column", 3)
    assert system.passed("a-3", "read-column") == ["column > read-column: handled ParcelSent 1"]


def test_nothing_overtakes_a_poison_message_in_its_group_within_a_batch(system: System) -> None:
    """What follows the poison in its batch is received with it each time, hence given up with it, untried and behind it."""
    assert written(system, "convoy") == [
        "done a-1",
        "done b-1",
        "tried a-2",
        "done b-2",
        "done b-3",
        "tried a-2",
        "tried a-2",
    ]
    assert system.lying()["convoy-dlq"] == [
        ({"parcel_id": "a-2", "truck": "a", "trouble": "poison"}, 3),
        ({"parcel_id": "a-3", "truck": "a"}, 3),
    ]
    assert system.passed("a-2", "read-convoy") == failed("convoy", "read-convoy", 3)
    skipped = [record for record in system.records() if record.error.startswith("not tried")]
    assert [(record.function, record.outcome, record.error) for record in skipped] == [
        ("read-convoy", "failed", "not tried: an earlier message of its group failed")
    ] * 3
    assert sorted(record.receive_count for record in skipped) == [1, 2, 3]


def test_every_parcel_is_either_done_or_among_the_dead_letters(system: System) -> None:
    buried = {
        name: sorted(payload["parcel_id"] if isinstance(payload, dict) else payload for payload, _ in lying)
        for name, lying in system.lying().items()
    }
    assert buried == {
        "bulk-dlq": ["b-6"],
        "column-dlq": ["a-2", "c-1"],
        "convoy-dlq": ["a-2", "a-3"],
        "hasty-dlq": ["p-3"],
        "patient-dlq": ["garbage", "p-5"],
    }


@pytest.mark.parametrize(
    ("queue", "body", "reason"),
    [
        ("patient", "garbage", "MessageError: the payload is not JSON (at character 0)"),
        (
            "column",
            {"parcel_id": "c-1", "truck": "c", "trouble": 7},
            'MessageError: trouble: should be "poison", "crash"',
        ),
    ],
)
def test_what_cannot_be_read_is_dead_after_its_first_receive(
    system: System, queue: str, body: object, reason: str
) -> None:
    """With its reason, and nowhere else; what follows it in its group is handled."""
    assert dead(system, queue).count(body) == 1
    seen = [record for record in system.records() if record.error == reason]
    assert [(record.function, record.outcome, record.receive_count) for record in seen] == [
        (f"read-{queue}", "poison", 1)
    ]
    (letter,) = [each for each in system.wire(f"{queue}-dlq") if value(each["Body"]) == body]
    told = {name: each["StringValue"] for name, each in letter["MessageAttributes"].items()}
    ident = told.pop("penstock.message_id")
    assert ident
    assert told == {
        "message": "ParcelSent",
        "penstock.reason": reason,
        "penstock.source": queue,
        "penstock.function": f"read-{queue}",
        "penstock.receive_count": "1",
    }
    if queue == "column":
        assert letter["Attributes"]["MessageGroupId"] == "c"
        assert letter["Attributes"]["MessageDeduplicationId"] == ident
        assert "done c-2" in written(system, "column")
        assert "tried c-1" not in written(system, "column")
