"""Two routes of one message to one place."""

import pytest

from penstock.graph.copies import meetings
from penstock.model.component import Delivery
from penstock.model.topology import Topology
from tests.graph.wiring import Stage, reading, stage, wired


def met(topology: Topology) -> list[tuple[str, str, str, list[str]]]:
    return [
        (meeting.component.name, meeting.message, meeting.parting.name, [route.source.name for route in meeting.routes])
        for meeting in meetings(topology)
    ]


def diamond(left: Delivery, right: Delivery) -> tuple[Stage, ...]:
    return (
        stage("shop", sends=[("A", "fan")]),
        stage("fan"),
        stage("left", reads=[left]),
        stage("right", reads=[right]),
        stage("end", reads=["left", "right"]),
        stage("after", reads=["end"]),
    )


def test_routes_that_part_and_meet() -> None:
    assert met(wired(*diamond(reading("fan"), reading("fan")))) == [("end", "A", "fan", ["left", "right"])]


@pytest.mark.parametrize(
    "right",
    [
        reading("fan", enabled=False),
        reading("fan", filters=({"a": [1]},)),
        reading("fan", pattern={"source": ["b"]}),
        reading("fan", messages=["B"]),
    ],
    ids=["off", "filter", "pattern", "other message"],
)
def test_a_route_that_may_be_closed_counts_for_nothing(right: Delivery) -> None:
    topology = wired(*diamond(reading("fan"), right), stage("other", sends=[("B", "after")]))
    assert met(topology) == []


def test_a_publisher_may_choose_between_two_routes() -> None:
    topology = wired(
        stage("shop", sends=[("A", "left"), ("A", "right")]),
        stage("left"),
        stage("right"),
        stage("end", reads=["left", "right"]),
    )
    assert met(topology) == []


def test_cycles_end() -> None:
    topology = wired(
        stage("shop", sends=[("A", "one")]),
        stage("one", reads=["two"]),
        stage("two", reads=["one"]),
        stage("three", reads=["one", "two"]),
    )
    assert met(topology) == [
        ("three", "A", "one", ["one", "two"]),
    ]


def test_many_partings_are_bounded() -> None:
    """A ladder of channels, each with two readers: the number of routes doubles with every step."""
    rungs = [stage("step-0")]
    for number in range(1, 60):
        rungs += [
            stage(f"side-{number}", reads=[f"step-{number - 1}"]),
            stage(f"step-{number}", reads=[f"step-{number - 1}", f"side-{number}"]),
        ]
    found = met(wired(stage("shop", sends=[("A", "step-0")]), *rungs))
    assert [component for component, *_ in found] == [f"step-{number}" for number in range(1, 60)]
