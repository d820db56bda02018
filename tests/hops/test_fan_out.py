"""What rules of a bus do with topics, streams and other buses."""

from typing import Any

import pytest

from penstock.graph.forms import forms
from penstock.hops import Ending, Guarantee, Ordering, semantics
from penstock.hops.lowering import lower
from penstock.hops.wrapping import Envelope, envelopes
from penstock.model.component import Form
from penstock.plan.values import GetAtt, Ref
from tests.topologies import complete, topology_of

SENDER = 'producers:\n  shop: {type: external, principal: "111122223333", publishes: [{message: OrderPlaced, to: commerce}]}\n'
BOTH = (
    "messages:\n  OrderPlaced: {schema: {type: object}, key: order_id}\n  OrderPaid: {schema: {type: object}, key: order_id}\n"
    'producers:\n  shop: {type: external, principal: "111122223333", '
    "publishes: [{message: OrderPlaced, to: commerce}, {message: OrderPaid, to: commerce}]}\n"
)


def of(fragment: str) -> dict[str, Any]:
    resources: dict[str, Any] = lower(topology_of(complete(fragment))).template()["Resources"]
    return resources


def target_of(made: dict[str, Any], rule: str) -> dict[str, Any]:
    (target,) = made[rule]["Properties"]["Targets"]
    found: dict[str, Any] = target
    return found


@pytest.mark.parametrize(
    "receiver",
    ["topics: {r: {from: commerce}}", "streams: {r: {from: commerce}}", "buses: {commerce: {}, r: {from: commerce}}"],
)
def test_a_rule_keeps_no_order_and_drops_what_nobody_takes(receiver: str) -> None:
    buses = "" if "buses" in receiver else "buses: {commerce: {}}\n"
    topology = topology_of(complete(SENDER + buses + receiver))
    (way,) = topology.incoming(topology.components["r"])
    promise = semantics(way, topology)
    assert promise is not None
    assert (promise.guarantee, promise.ordering, promise.ending) == (
        Guarantee.AT_LEAST_ONCE,
        Ordering.NONE,
        Ending.DROPPED,
    )
    assert (promise.attempts, promise.window) == (186, 86_400)


def test_a_topic_gets_the_payload_with_its_name() -> None:
    made = of(SENDER + "buses: {commerce: {}}\ntopics: {r: {from: {source: commerce, dlq: {}}}}")
    target = target_of(made, "RTopicFromCommerceBusRule")
    assert target["Arn"] == Ref("RTopic")
    assert target["InputTransformer"] == {
        "InputPathsMap": {"data": "$.detail"},
        "InputTemplate": '{"message": "OrderPlaced", "data": <data>}',
    }
    statements = {one["Sid"]: one for one in made["RTopicPolicy"]["Properties"]["PolicyDocument"]["Statement"]}
    assert statements["AllowFromEventBridge"] == {
        "Sid": "AllowFromEventBridge",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": Ref("RTopic"),
    }
    assert target["DeadLetterConfig"] == {"Arn": GetAtt("RFromCommerceDlqQueue", "Arn")}


def test_of_several_messages_the_name_is_the_detail_type() -> None:
    made = of(BOTH + "buses: {commerce: {}}\ntopics: {r: {from: commerce}}")
    assert target_of(made, "RTopicFromCommerceBusRule")["InputTransformer"] == {
        "InputPathsMap": {"data": "$.detail", "name": "$.detail-type"},
        "InputTemplate": '{"message": <name>, "data": <data>}',
    }


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("", "$.detail.order_id"),
        (", group_by: customer.id", "$.detail.customer.id"),
        (", group_by: {constant: x}", None),
    ],
)
def test_a_stream_gets_its_partition_key_from_the_event(said: str, path: str | None) -> None:
    made = of(SENDER + f"buses: {{commerce: {{}}}}\nstreams: {{r: {{from: {{source: commerce{said}}}}}}}")
    target = target_of(made, "RStreamFromCommerceBusRule")
    assert target["RoleArn"] == GetAtt("RStreamFromCommerceBusRuleRole", "Arn")
    assert target.get("KinesisParameters") == (path and {"PartitionKeyPath": path})


def test_a_rule_of_the_second_bus_matches_what_the_first_one_sends() -> None:
    made = of(
        SENDER
        + "buses: {commerce: {event_source: shop}, r: {event_source: all, from: commerce}}\nqueues: {q: {from: r}}"
    )
    assert target_of(made, "RBusFromCommerceBusRule")["Arn"] == GetAtt("RBus", "Arn")
    assert "InputTransformer" not in target_of(made, "RBusFromCommerceBusRule")
    assert made["RBusFromCommerceBusRule"]["Properties"]["EventPattern"] == {"source": ["shop"]}
    assert made["QQueueFromRBusRule"]["Properties"]["EventPattern"] == {"source": ["all", "shop"]}


@pytest.mark.parametrize(
    ("reads", "policy", "scope"),
    [
        ("messages: [OrderPlaced]", {"message": ["OrderPlaced"]}, "MessageBody"),
        ("filter: {a: [b]}, filter_on: body", {"data": {"a": ["b"]}}, "MessageBody"),
        (
            "filter: [{a: [b]}, {c: [d]}], filter_on: body",
            {"$or": [{"data": {"a": ["b"]}}, {"data": {"c": ["d"]}}]},
            "MessageBody",
        ),
        ("raw: true", None, None),
    ],
)
def test_subscriptions_look_into_the_wrapping(reads: str, policy: object, scope: str | None) -> None:
    made = of(
        SENDER
        + f"buses: {{commerce: {{}}}}\ntopics: {{r: {{from: commerce}}}}\nqueues: {{q: {{from: {{source: r, {reads}}}}}}}"
    )
    properties = made["QQueueFromRTopicSubscription"]["Properties"]
    assert (properties.get("FilterPolicy"), properties.get("FilterPolicyScope")) == (policy, scope)


@pytest.mark.parametrize(
    ("publishes", "raw", "expected"),
    [
        ("", "false", {Envelope.NOTIFICATION, Envelope.WRAPPED}),
        ("", "true", {Envelope.WRAPPED}),
        (", {message: OrderPlaced, to: r}", "true", {Envelope.DIRECT, Envelope.WRAPPED}),
    ],
)
def test_what_lies_in_a_queue_behind_it(publishes: str, raw: str, expected: set[Envelope]) -> None:
    fragment = SENDER.replace("to: commerce}", "to: commerce}" + publishes)
    fragment += f"buses: {{commerce: {{}}}}\ntopics: {{r: {{from: commerce}}}}\nqueues: {{q: {{from: {{source: r, raw: {raw}}}}}}}"
    topology = topology_of(complete(fragment))
    assert envelopes(topology.components["q"], topology) == expected
    assert (forms(topology.components["r"], topology) == {Form.WRAPPED}) == (publishes == "")
