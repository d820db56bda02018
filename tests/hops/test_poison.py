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


def test_workers_of_a_pool_may_and_are_told_too() -> None:
    text = PAIRS["Queue", "Service"].replace("work: {}", "work: {dlq: {max_receives: 5}}")
    resources = lower(topology_of(text)).template()["Resources"]
    told = [
        each["Name"]
        for one in resources["WarehouseServiceTask"]["Properties"]["ContainerDefinitions"]
        for each in one["Environment"]
    ]
    assert VARIABLE in told
