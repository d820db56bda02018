"""What the hops from a bus have in common: an EventBridge rule with one target."""

from typing import Any

from penstock import resources
from penstock.hops.delivering import allow_delivery, delivery_dead_letters, subscription_id
from penstock.hops.semantics import Guarantee, Ordering, Semantics
from penstock.kinds.bus import Bus, bus_name
from penstock.kinds.queue import queue_arn
from penstock.model.component import Component, Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource
from penstock.plan.values import Value, arn

SOURCE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"
SERVICE = "events.amazonaws.com"


def delivery_semantics(connection: Connection, topology: Topology) -> Semantics:
    """EventBridge retries for up to 24 h, keeps no order, and gives up at once what the receiver refuses."""
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


def add_rule(connection: Connection, topology: Topology, plan: Plan, receiver: Value, **more: Value) -> str:
    """The rule, and its dead-letter queue's consent to it; its logical id. ``more`` is what the target has besides."""
    target = subscription_id(connection, "Rule")
    properties: dict[str, Value] = {
        "EventBusName": bus_name(connection.source),
        "State": "ENABLED" if connection.delivery.enabled else "DISABLED",
        "EventPattern": event_pattern(connection, topology),
        "Targets": [{**_target(connection, receiver, topology), **more}],
    }
    plan.add(Resource(target, "AWS::Events::Rule", properties, connection.at()))
    dlq = topology.dead_letter_queue(connection.delivery.dlq)
    if dlq is not None:
        allow_rule(connection, dlq, plan)
    return target


def allow_rule(connection: Connection, queue: Component, plan: Plan) -> None:
    """Let the rule send to a queue."""
    target = subscription_id(connection, "Rule")
    allow_delivery(connection, queue, SERVICE, target, arn(target), plan)


def _target(connection: Connection, receiver: Value, topology: Topology) -> dict[str, Value]:
    delivery = connection.delivery
    target: dict[str, Value] = {"Id": connection.target.name, "Arn": receiver}
    retry = {"MaximumRetryAttempts": delivery.max_retries, "MaximumEventAgeInSeconds": delivery.max_age}
    if stated := {name: value for name, value in retry.items() if value is not None}:
        target["RetryPolicy"] = stated
    dlq = topology.dead_letter_queue(delivery.dlq)
    if dlq is not None:
        target["DeadLetterConfig"] = {"Arn": queue_arn(dlq)}
    return target


def event_pattern(connection: Connection, topology: Topology) -> dict[str, Any]:
    """The declared pattern; or the source and the detail types of the declared messages; or every event of the bus's own source.

    Of a bus that exists already the sources are known only as far as they are written.
    """
    delivery = connection.delivery
    if delivery.pattern:
        return dict(delivery.pattern)
    bus = connection.source
    pattern: dict[str, Any] = {"source": [event_source(bus, topology)]}
    if bus.existing and not (isinstance(bus, Bus) and bus.event_source):  # who else sends to it is not known
        pattern = {} if delivery.messages else {"source": [{"prefix": ""}]}
    if delivery.messages:
        pattern["detail-type"] = [topology.messages[name].detail_type for name in delivery.messages]
    return pattern


def event_source(bus: Component, topology: Topology) -> str:
    """What publishers of the topology give as the source of their events on a bus."""
    return (bus.event_source if isinstance(bus, Bus) else None) or topology.name
