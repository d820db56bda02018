"""What the hops from a bus have in common: an EventBridge rule with one target."""

import json
from collections.abc import Mapping
from typing import Any

from penstock import resources
from penstock.graph.flow import only_message, stated_flow
from penstock.hops.delivering import allow_delivery, delivery_dead_letters, subscription_id
from penstock.hops.semantics import Guarantee, Ordering, Semantics
from penstock.hops.wrapping import detail_path
from penstock.kinds import alarms
from penstock.kinds.bus import DEFAULT, Bus, bus_name
from penstock.kinds.queue import queue_arn
from penstock.kinds.workload import trust
from penstock.model.component import Component, Connection, Delivery, GroupBy
from penstock.model.topology import Topology
from penstock.plan.addresses import existing_name
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, accepted, tag_list
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
    """The rule with its alarm, and its dead-letter queue's consent to it; its logical id. ``more`` is what the target has besides."""
    target = subscription_id(connection, "Rule")
    properties: dict[str, Value] = {
        "EventBusName": _bus_of(connection.source),
        "State": "ENABLED" if connection.delivery.enabled else "DISABLED",
        "EventPattern": event_pattern(connection, topology),
        "Targets": [{**_target(connection, receiver, topology), **more}],
    }
    left_out = accepted(connection.delivery.dlq, "DLQ007", "RTY014")
    plan.add(Resource(target, "AWS::Events::Rule", properties, connection.at(), accepted=left_out))
    dlq = topology.dead_letter_queue(connection.delivery.dlq)
    if dlq is not None:
        allow_rule(connection, dlq, plan)
    if connection.delivery.enabled:
        bus = connection.source
        name = (existing_name(bus) if isinstance(bus, Bus) else None) or _bus_of(bus)
        for alarm in alarms.for_rule(target, bus, name, topology, kept=dlq is not None):
            plan.add(alarm)
    return target


def rule_role(connection: Connection, topology: Topology, plan: Plan) -> str:
    """The role with which EventBridge sends for a rule to what has no policy for that; its logical id."""
    target = subscription_id(connection, "RuleRole")
    properties = {"AssumeRolePolicyDocument": trust(SERVICE), "Tags": tag_list(topology.tags)}
    plan.add(Resource(target, "AWS::IAM::Role", properties, connection.at()))
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
    if _is_bucket(connection.source):
        return _of_bucket(connection.source, delivery.pattern or {})
    if delivery.pattern:
        return dict(delivery.pattern)
    bus = connection.source
    pattern: dict[str, Any] = {"source": event_sources(bus, topology)}
    if bus.existing and not (isinstance(bus, Bus) and bus.event_source):  # who else sends to it is not known
        pattern = {} if delivery.messages else {"source": [{"prefix": ""}]}
    if delivery.messages:
        pattern["detail-type"] = [topology.messages[name].detail_type for name in delivery.messages]
    return pattern


def _of_bucket(bucket: Component, narrowed: Mapping[str, Any]) -> dict[str, Any]:
    """What this bucket tells of its objects, or less."""
    from penstock.kinds.bucket import bucket_name, detail_types  # few topologies read buckets

    pattern = {"detail-type": list(detail_types(bucket)), **narrowed, "source": ["aws.s3"]}
    return pattern | {"detail": {**narrowed.get("detail", {}), "bucket": {"name": [bucket_name(bucket)]}}}


def by_rule(connection: Connection) -> bool:
    """Whether a rule of EventBridge delivers: from a bus or, of what a bucket tells of its objects, from the account's own."""
    return isinstance(connection.settings, Delivery) and connection.source.is_read_by_rules


def _is_bucket(source: Component) -> bool:
    return source.arn_word == "bucket"


def _bus_of(source: Component) -> Value:
    """The name of the bus that a rule is for: what buckets tell comes over the account's own."""
    return bus_name(source) if isinstance(source, Bus) else DEFAULT


def event_sources(bus: Component, topology: Topology) -> list[str]:
    """The sources of the events that the topology brings to a bus: its own, and those of the buses before it, which stay as they are."""
    before = [connection.source for connection in topology.incoming(bus) if isinstance(connection.source, Bus)]
    return list(dict.fromkeys(event_source(each, topology) for each in (bus, *before)))


def rewrapped(connection: Connection, topology: Topology) -> dict[str, Value]:
    """What makes a stream's wrapping of an event, with the message's name: it stands in the rule where only one can match."""
    message = only_message(connection, topology)
    paths = {"data": detail_path(connection.source, topology)}
    name = "<name>"
    if message:
        name = f'"{message.name}"'
    else:
        paths["name"] = "$.detail-type"
    template = f'{{"message": {name}, "data": <data>}}'
    return {"InputTransformer": {"InputPathsMap": paths, "InputTemplate": template}}


def handed_on(connection: Connection, topology: Topology) -> dict[str, Value]:
    """The part of an event that the target gets, if not all of it; `detail` is the payload, however it is wrapped."""
    path = connection.delivery.payload
    if path is None:
        return renamed(connection, topology) if _is_bucket(connection.source) else {}
    first, dot, rest = path.partition(".")
    start = detail_path(connection.source, topology) if first == "detail" else f"$.{first}"
    return {"InputPath": f"{start}{dot}{rest}"}


def renamed(connection: Connection, topology: Topology) -> dict[str, Value]:
    """What gives the event of a bucket the detail-type of the message that it is, and leaves the rest as it was."""
    (called,) = connection.delivery.messages or ()
    message = topology.messages[called]
    paths = {name.replace("-", ""): f"$.{name}" for name in _EVENT_FIELDS}
    parts = [f'"{name}": <{name.replace("-", "")}>' for name in _EVENT_FIELDS]
    template = f'{{"detail-type": {json.dumps(message.detail_type)}, {", ".join(parts)}}}'
    return {"InputTransformer": {"InputPathsMap": paths, "InputTemplate": template}}


_EVENT_FIELDS = ("version", "id", "source", "account", "time", "region", "resources", "detail")


def payload_path(connection: Connection, path: str, topology: Topology) -> str:
    """Where a field of the payload stands in an event."""
    return f"{detail_path(connection.source, topology)}.{path}"


def key_of(connection: Connection, topology: Topology) -> GroupBy | None:
    """What groups messages, or makes their partition key: the delivery's ``group_by``, or the one ``key`` that its messages share."""
    if connection.delivery.group_by:
        return connection.delivery.group_by
    keys = {message.key for message in stated_flow(topology).on[connection]}
    key = keys.pop() if len(keys) == 1 else None
    return GroupBy(path=key) if key else None


def event_source(bus: Component, topology: Topology) -> str:
    """What publishers of the topology give as the source of their events on a bus."""
    own = (bus.event_source or bus.partner) if isinstance(bus, Bus) else None
    return own or topology.name
