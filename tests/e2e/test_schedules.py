"""Schedules that strike once, each to another target, through the compiled template into the generated handlers."""

import json
from collections.abc import Iterator

import pytest

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.system import System, compiled, until

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = System.of(aws, compiled("schedules", tmp_path_factory.mktemp("schedules") / "out"), visibility=None)
    until(lambda: len(system.records()) >= 4, "not every schedule has struck")
    system.settle()
    yield system
    assert aws.denials() == ()


@pytest.mark.parametrize(
    ("key", "seen"),
    [
        ("to-queue", ["ordered > count: handled Tick 1", "ticks > count: handled Tick 1"]),
        ("to-topic", ["behind-topic > count: handled Tick 1"]),
        ("to-function", ["api > strike: handled Tick 1"]),
        ("switched-off", []),
    ],
)
def test_a_schedule_strikes_once(system: System, key: str, seen: list[str]) -> None:
    assert system.passed(key) == seen


def test_a_gap_keeps_what_is_beside_the_payload_from_running(system: System) -> None:
    """The emulator knows no call of an API as a target, so the payload alone is sent."""
    told = [change.logical_id for change in system.stack.changes if change.what.startswith("sends the payload alone")]
    assert told == [
        "BellsTopicFromToTopicSchedule",
        "OrderedQueueFromToQueueSchedule",
        "TicksQueueFromSwitchedOffSchedule",
        "TicksQueueFromToQueueSchedule",
    ]
    target = system.template["Resources"]["OrderedQueueFromToQueueSchedule"]["Properties"]["Target"]
    assert json.loads(target["Input"]["Fn::Sub"]) == {
        "QueueUrl": "${OrderedQueue}",
        "MessageBody": '{"id": "to-queue", "at": "<aws.scheduler.scheduled-time>"}',
        "MessageAttributes": {"message": {"DataType": "String", "StringValue": "Tick"}},
        "MessageGroupId": "to-queue",
        "MessageDeduplicationId": "to-queue",
    }


def test_a_gap_keeps_a_schedule_from_a_bus(system: System) -> None:
    """The emulator puts an event of its own source on the bus, whatever the schedule says."""
    assert system.passed("to-bus") == []
    target = system.template["Resources"]["TowerBusFromToBusSchedule"]["Properties"]["Target"]
    assert target["EventBridgeParameters"] == {"DetailType": "Tick", "Source": "schedules"}
    assert json.loads(target["Input"]) == {"id": "to-bus", "at": "<aws.scheduler.scheduled-time>"}
