"""Where what cannot be read goes, and who may send it there."""

from typing import Any

import pytest

from penstock.hops import semantics
from penstock.hops.lowering import lower
from penstock.model.topology import Topology
from penstock.plan.values import GetAtt, Ref
from tests.hops.pairs import PAIRS
from tests.topologies import complete, topology_of

VARIABLE = "PENSTOCK_QUEUE_WORK_DLQ"


def read_by(consumer: str = "", dlq: str = "{max_receives: 5}") -> Topology:
    return topology_of(complete(f"queues: {{work: {{dlq: {dlq}}}}}\nconsumers: {{read: {{from: work{consumer}}}}}\n"))


def unread(topology: Topology) -> str | None:
    (connection,) = topology.incoming(topology.components["read"])
    promise = semantics(connection, topology)
    return promise.unread.name if promise and promise.unread else None


def sends(topology: Topology) -> list[dict[str, Any]]:
    """What the role of the reader may send."""
    (policy,) = lower(topology).template()["Resources"]["ReadFunctionRole"]["Properties"]["Policies"]
    return [one for one in policy["PolicyDocument"]["Statement"] if one["Action"] == "sqs:SendMessage"]


def variables(topology: Topology) -> dict[str, Any]:
    made = lower(topology).template()["Resources"]["ReadFunction"]["Properties"]
    found: dict[str, Any] = made.get("Environment", {}).get("Variables", {})
    return found


def test_generated_code_may_send_to_the_dead_letters_of_its_queue_and_is_told_where_they_are() -> None:
    topology = read_by()
    assert unread(topology) == "work-dlq"
    assert [one["Resource"] for one in sends(topology)] == [GetAtt("WorkDlqQueue", "Arn")]
    assert variables(topology)[VARIABLE] == Ref("WorkDlqQueue")


@pytest.mark.parametrize(
    "topology",
    [
        read_by(", code: dist, handler: app.handle"),
        read_by(dlq="{none: they are worthless}"),
    ],
    ids=["code of the team's", "no dead letters"],
)
def test_others_have_no_such_right(topology: Topology) -> None:
    assert unread(topology) is None
    assert sends(topology) == []
    assert VARIABLE not in variables(topology)


def test_the_queue_may_be_given_up_to_by_its_sources_alone_as_before() -> None:
    """What the code sends it does not give up: the policy that names the sources is about SQS."""
    topology = topology_of(
        complete(
            "queues:\n  work: {physical_name: work, dlq: {max_receives: 5, physical_name: dead, redrive_allow: sources}}\n"
            "consumers: {read: {from: work}}\n"
        )
    )
    allowed = lower(topology).template()["Resources"]["WorkDlqQueue"]["Properties"]["RedriveAllowPolicy"]
    assert allowed["redrivePermission"] == "byQueue"
    assert len(allowed["sourceQueueArns"]) == 1


@pytest.mark.parametrize(
    ("source", "consumer"),
    [
        ("topics: {orders: {}}", "from: orders, async: {on_failure: {}}"),
        ("buses: {orders: {}}", "from: orders, async: {on_failure: {}}"),
        ("streams: {orders: {}}", "from: {source: orders, start: oldest, retries: {max_retries: 3}, on_failure: {}}"),
        (
            "stores: {orders: {type: dynamodb, key: id, stream: new-image}}",
            "from: {source: orders, messages: [OrderPlaced], start: oldest, on_failure: {}}",
        ),
    ],
)
def test_other_ways_have_the_queue_that_lambda_gives_up_to(source: str, consumer: str) -> None:
    topology = topology_of(complete(f"{source}\nconsumers: {{read: {{{consumer}}}}}\n"))
    (connection,) = topology.incoming(topology.components["read"])
    promise = semantics(connection, topology)
    assert promise is not None
    last = promise.then or promise
    (queue,) = (one for one in topology.components.values() if one.word == "queue")
    assert last.unread == queue
    assert len(sends(topology)) == 1
    assert [name for name in variables(topology) if name.startswith("PENSTOCK_QUEUE_READ")] != []


@pytest.mark.parametrize(
    "end", ["retries: {max_retries: 3}, on_failure: {bucket: kept}", "on_failure: {none: nobody looks}"]
)
def test_a_stream_without_a_queue_tries_again(end: str) -> None:
    text = f"streams: {{s: {{}}}}\nstores: {{kept: {{type: s3}}}}\nconsumers: {{read: {{from: {{source: s, start: oldest, {end}}}}}}}\n"
    topology = topology_of(complete(text))
    assert unread(topology) is None
    assert sends(topology) == []


def test_workers_of_a_pool_may_and_are_told_too() -> None:
    text = PAIRS["Queue", "Service"].replace("work: {}", "work: {dlq: {max_receives: 5}}")
    resources = lower(topology_of(text)).template()["Resources"]
    told = [
        each["Name"]
        for one in resources["WarehouseServiceTask"]["Properties"]["ContainerDefinitions"]
        for each in one["Environment"]
    ]
    assert VARIABLE in told
