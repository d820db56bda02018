"""What Lambda looks for in a queue's messages, which hangs on how they came into it."""

import pytest

from penstock.hops.lowering import lower
from penstock.hops.mapping_filters import patterns, unseen
from tests.topologies import complete, topology_of

SENDER = "producers:\n  p: {{type: function, publishes: {{message: OrderPlaced, to: {to}}}}}\n"
TOPIC = SENDER.format(to="t") + "topics: {t: {}}\n"
BUS = SENDER.format(to="b") + "buses: {b: {}}\n"
DIRECT = SENDER.format(to="q") + "queues: {q: {}}\n"


@pytest.mark.parametrize(
    ("channels", "said", "found", "blind"),
    [
        (DIRECT, "filter: {a: [1]}", [{"body": {"a": [1]}}], []),
        (DIRECT, "filter: [{a: [1]}, {b: [2]}]", [{"body": {"a": [1]}}, {"body": {"b": [2]}}], []),
        (DIRECT, "messages: [OrderPlaced]", [], ["direct"]),
        (DIRECT, "messages: [OrderPlaced], filter: {a: [1]}", [], ["direct"]),
        (BUS + "queues: {q: {from: b}}", "filter: {a: [1]}", [{"body": {"detail": {"a": [1]}}}], []),
        (BUS + "queues: {q: {from: b}}", "messages: [OrderPlaced]", [{"body": {"detail-type": ["OrderPlaced"]}}], []),
        (
            BUS + "queues: {q: {from: b}}",
            "messages: [OrderPlaced], filter: {a: [1]}",
            [{"body": {"detail-type": ["OrderPlaced"], "detail": {"a": [1]}}}],
            [],
        ),
        (TOPIC + "queues: {q: {from: t}}", "filter: {a: [1]}", [], ["notification"]),
        (TOPIC + "queues: {q: {from: {source: t, raw: true}}}", "filter: {a: [1]}", [{"body": {"a": [1]}}], []),
        (
            TOPIC + "queues: {q: {from: t}}",
            "messages: [OrderPlaced]",
            [{"body": {"MessageAttributes": {"message": {"Value": ["OrderPlaced"]}}}}],
            [],
        ),
        (
            TOPIC + "buses: {b: {}}\nqueues: {q: {from: [t, b]}}",
            "filter: {a: [1]}",
            [{"body": {"detail": {"a": [1]}}}],
            ["notification"],
        ),
    ],
)
def test_where_a_filter_looks(channels: str, said: str, found: list[object], blind: list[str]) -> None:
    topology = topology_of(complete(channels + f"\nconsumers: {{c: {{from: {{source: q, {said}}}}}}}"))
    (connection,) = topology.incoming(topology.components["c"])
    assert list(patterns(connection, topology)) == found
    assert [envelope.value for envelope in unseen(connection, topology)] == blind


def test_a_mapping_without_a_filter_lets_everything_through() -> None:
    topology = topology_of(complete(DIRECT + "consumers: {c: {from: q}}"))
    assert "FilterCriteria" not in lower(topology).resources["CFunctionFromQQueueMapping"].body()["Properties"]


def test_pollers_that_run_all_the_time() -> None:
    topology = topology_of(complete(DIRECT + "consumers: {c: {from: {source: q, pollers: {max: 5}}}}"))
    properties = lower(topology).resources["CFunctionFromQQueueMapping"].body()["Properties"]
    assert properties["ProvisionedPollerConfig"] == {"MinimumPollers": 2, "MaximumPollers": 5}
    assert "ScalingConfig" not in properties
