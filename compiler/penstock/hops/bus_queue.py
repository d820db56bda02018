"""A bus delivers to a queue: an EventBridge rule with the queue as its target."""

from typing import Any

from penstock import resources
from penstock.graph.flow import flow
from penstock.hops.delivering import allow_delivery, delivery_dead_letters, subscription_id
from penstock.hops.hop import Hop
from penstock.hops.semantics import Guarantee, Ordering, Semantics
from penstock.kinds import Bus, Queue
from penstock.kinds.bus import bus_id
from penstock.kinds.queue import queue_id
from penstock.model.component import Component, Connection, GroupBy
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource
from penstock.plan.values import Ref, Value, arn

SOURCE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"
SERVICE = "events.amazonaws.com"


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """EventBridge retries for up to 24 h, keeps no order, and gives up at once what the queue refuses."""
    delivery = connection.delivery
    retries = resources.limit("eventbridge.max_retries") if delivery.max_retries is None else delivery.max_retries
    ending, dlq = delivery_dead_letters(connection, topology)
    return Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=Ordering.NONE,
        retried_by="EventBridge",
        attempts=retries + 1,
        window=resources.limit("eventbridge.max_age") if delivery.max_age is None else delivery.max_age,
        ending=ending,
        source=SOURCE,
        dead_letters=dlq,
    )


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The rule, and the queue's consent to this rule alone."""
    bus, queue = connection.source, connection.target
    if not isinstance(bus, Bus) or not isinstance(queue, Queue):
        raise TypeError(connection)
    target = subscription_id(connection, "Rule")
    properties: dict[str, Value] = {
        "EventBusName": Ref(bus_id(bus)),
        "State": "ENABLED" if connection.delivery.enabled else "DISABLED",
        "EventPattern": event_pattern(connection, topology),
        "Targets": [_target(connection, queue, topology)],
    }
    plan.add(Resource(target, "AWS::Events::Rule", properties, connection.at()))
    allow_delivery(connection, queue, SERVICE, target, arn(target), plan)
    dlq = topology.dead_letter_queue(connection.delivery.dlq)
    if dlq is not None:
        allow_delivery(connection, dlq, SERVICE, target, arn(target), plan)


def _target(connection: Connection, queue: Queue, topology: Topology) -> dict[str, Value]:
    delivery = connection.delivery
    target: dict[str, Value] = {"Id": queue.name, "Arn": arn(queue_id(queue))}
    retry = {"MaximumRetryAttempts": delivery.max_retries, "MaximumEventAgeInSeconds": delivery.max_age}
    if stated := {name: value for name, value in retry.items() if value is not None}:
        target["RetryPolicy"] = stated
    dlq = topology.dead_letter_queue(delivery.dlq)
    if dlq is not None:
        target["DeadLetterConfig"] = {"Arn": arn(queue_id(dlq))}
    if queue.fifo and (group := message_group(connection, topology)):
        value = group.constant if group.constant is not None else f"$.detail.{group.path}"
        target["SqsParameters"] = {"MessageGroupId": value}
    return target


def message_group(connection: Connection, topology: Topology) -> GroupBy | None:
    """What groups the messages of a FIFO queue: the delivery's ``group_by``, or the one ``key`` that its messages share."""
    if connection.delivery.group_by:
        return connection.delivery.group_by
    keys = {message.key for message in flow(topology).on[connection]}
    key = keys.pop() if len(keys) == 1 else None
    return GroupBy(path=key) if key else None


def event_pattern(connection: Connection, topology: Topology) -> dict[str, Any]:
    """The declared pattern; or the source and the detail types of the declared messages; or every event of the bus's own source."""
    delivery = connection.delivery
    if delivery.pattern:
        return dict(delivery.pattern)
    pattern: dict[str, Any] = {"source": [event_source(connection.source, topology)]}
    if delivery.messages:
        pattern["detail-type"] = [topology.messages[name].detail_type for name in delivery.messages]
    return pattern


def event_source(bus: Component, topology: Topology) -> str:
    """What publishers of the topology give as the source of their events on a bus."""
    return (bus.event_source if isinstance(bus, Bus) else None) or topology.name


SETTINGS = ("source", "messages", "pattern", "retries", "dlq", "group_by", "enabled", "id")

HOP = Hop(Bus, Queue, "EventBridge rule", semantics, lower, SETTINGS)
