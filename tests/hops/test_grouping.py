"""Every sender to a fair queue, and to a topic in front of one, says to which group a message belongs."""

import json
from typing import Any

import pytest

from penstock.emit.python_types import Path
from penstock.emit.stubs import function_stubs
from penstock.hops.lowering import lower
from tests.topologies import complete, topology_of
from tests.velocity import Rendering, substituted

QUEUE = "queues: {c: {fair: true}}"
TOPIC = "topics: {c: {}}\nqueues: {q: {fair: true, from: {source: c, raw: true}}}"
PLAIN = "queues: {c: {}}"
SCHEDULE = "producers:\n  p: {type: schedule, every: rate(1 day), payload: {order_id: a}, publishes: {message: OrderPlaced, to: c}}\n"
ROUTE = 'producers:\n  p: {type: api, route: "POST /", auth: iam, publishes: {message: OrderPlaced, to: c}}\n'
CODE = "producers:\n  p: {type: function, publishes: {message: OrderPlaced, to: c}}\n"
GROUPS = [(QUEUE, "a"), (TOPIC, "a"), (PLAIN, None), ("topics: {c: {}}", None)]


def of(fragment: str) -> dict[str, Any]:
    made: dict[str, Any] = lower(topology_of(complete(fragment))).template()["Resources"]
    return made


@pytest.mark.parametrize(("channels", "group"), GROUPS)
def test_a_schedule_gives_the_key_of_its_payload(channels: str, group: str | None) -> None:
    made = of(SCHEDULE + channels)
    (schedule,) = (one["Properties"] for one in made.values() if one["Type"] == "AWS::Scheduler::Schedule")
    assert json.loads(schedule["Target"]["Input"].text).get("MessageGroupId") == group


@pytest.mark.parametrize(("channels", "group"), GROUPS)
def test_generated_code_gives_the_key(channels: str, group: str | None) -> None:
    (stub,) = function_stubs(topology_of(complete(CODE + channels)))
    assert stub.publishes[0].group_by == (Path("order_id") if group else None)
    assert stub.publishes[0].deduplicate_by is None


@pytest.mark.parametrize(("channels", "group"), GROUPS)
@pytest.mark.parametrize(("body", "has"), [('{"order_id": "a"}', True), ("{}", False)])
def test_a_route_gives_the_key_that_its_body_has(channels: str, group: str | None, body: str, has: bool) -> None:  # noqa: FBT001
    template = of(ROUTE + channels)["PApiMethod"]["Properties"]["Integration"]["RequestTemplates"]["application/json"]
    text = template if isinstance(template, str) else substituted(template.text, {"CTopic": "arn"})
    assert ("MessageGroupId=a" in Rendering(text, body).text.split("&")) is (has and group is not None)


def test_a_bus_groups_by_the_key_of_its_messages() -> None:
    made = of(CODE + "buses: {c: {}}\nqueues: {q: {fair: true, from: c}, r: {from: c}}")
    assert made["QQueueFromCBusRule"]["Properties"]["Targets"][0]["SqsParameters"] == {
        "MessageGroupId": "$.detail.order_id"
    }
    assert "SqsParameters" not in made["RQueueFromCBusRule"]["Properties"]["Targets"][0]
