"""A schedule sends its message to a queue, a topic, a bus or a stream, or invokes a function with it.

Scheduler's ready-made targets for SQS and SNS take a body and no attributes, so the contract's name would be lost, and with it every
subscription that asks for `messages:`. The general target calls the API itself, with attributes, group and deduplication id, so a
FIFO topic and a FIFO queue with explicit deduplication can be targets too. AWS does not check its input before it runs; here it is
made by the compiler. A bus, a stream and a function need no attributes: theirs are the ready-made targets.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from penstock import resources
from penstock.hops.grouping import is_fair
from penstock.hops.hop import Hop
from penstock.hops.matching import event_source
from penstock.hops.semantics import Ending, Guarantee, Ordering, Semantics
from penstock.hops.sending import send
from penstock.hops.topic_queue import filtered_on
from penstock.kinds import Bus, Function, Queue, Schedule, Stream, Topic
from penstock.kinds.bus import bus_arn
from penstock.kinds.function import invoke_arn
from penstock.kinds.queue import queue_arn, queue_id
from penstock.kinds.schedule import CONTEXT, GROUP, role_id
from penstock.kinds.stream import stream_arn
from penstock.kinds.topic import topic_arn, topic_id
from penstock.model.component import BY_SERVICE, Connection, Fifo, Publication
from penstock.model.topology import Message, Topology
from penstock.plan.names import joint_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, accepted
from penstock.plan.values import Ref, Sub, Value, arn

SOURCE = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/what-is-scheduler.html"
_OCCURRENCE = "<aws.scheduler.scheduled-time>"
_NO_IDENTIFIER = re.compile(r"[^A-Za-z0-9!-/:-@\[-`{-~]")
_IDENTIFIER_LIMIT = 128


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """Scheduler tries again for up to 24 h; what no target took ends in the schedule's dead-letter queue or nowhere."""
    schedule = connection.source
    if not isinstance(schedule, Schedule):
        raise TypeError(connection)
    retries = resources.limit("scheduler.max_retries") if schedule.max_retries is None else schedule.max_retries
    dlq = topology.dead_letter_queue(schedule.redrive)
    return Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=Ordering.NONE,
        retried_by="EventBridge Scheduler",
        attempts=retries + 1,
        window=resources.limit("scheduler.max_age") if schedule.max_age is None else schedule.max_age,
        ending=Ending.DEAD_LETTERS if dlq else Ending.DROPPED,
        source=SOURCE,
        dead_letters=dlq,
    )


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The schedule with its one target, and permission for its role to send there."""
    schedule, target = connection.source, connection.target
    if not isinstance(schedule, Schedule):
        raise TypeError(connection)
    retry = {"MaximumRetryAttempts": schedule.max_retries, "MaximumEventAgeInSeconds": schedule.max_age}
    dlq = topology.dead_letter_queue(schedule.redrive)
    described: dict[str, Value] = {"RoleArn": arn(role_id(schedule)), **_target(connection, topology, plan)}
    if stated := {name: value for name, value in retry.items() if value is not None}:
        described["RetryPolicy"] = stated
    if dlq:
        described["DeadLetterConfig"] = {"Arn": queue_arn(dlq)}
    properties: dict[str, Value] = {
        "GroupName": Ref(GROUP),
        "ScheduleExpression": schedule.every,
        "ScheduleExpressionTimezone": schedule.timezone,
        "FlexibleTimeWindow": _window(schedule.window),
        "State": "ENABLED" if schedule.enabled else "DISABLED",
        "Target": described,
    }
    name = joint_id(target.name, f"{target.word.capitalize()}From", schedule.name, "Schedule")
    left_out = accepted(schedule.redrive, "RTY014", "SCD001")
    plan.add(Resource(name, "AWS::Scheduler::Schedule", properties, connection.at(), accepted=left_out))


def _window(seconds: int | None) -> dict[str, Value]:
    """When a message may be sent; Scheduler counts in minutes."""
    return {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": seconds // 60} if seconds else {"Mode": "OFF"}


def _target(connection: Connection, topology: Topology, plan: Plan) -> dict[str, Value]:
    """Where a schedule sends to and what, with the permission to."""
    schedule, target, settings = connection.source, connection.target, connection.settings
    if not isinstance(schedule, Schedule) or not isinstance(settings, Publication):
        raise TypeError(connection)
    role, message = role_id(schedule), topology.messages[settings.message]
    match target:
        case Queue():
            send(role, connection, "sqs:SendMessage", queue_arn(target), target.encryption, plan)
            names: dict[str, object] = {"message": message.name}
            call = {
                "MessageBody": json.dumps(schedule.payload),
                **_sent(schedule, message, target.fifo, names, fair=target.fair),
            }
            return _call("sqs:sendMessage", "QueueUrl", queue_id(target), call)
        case Topic():
            send(role, connection, "sns:Publish", topic_arn(target), target.encryption, plan)
            filtered = {name: value_at(schedule.payload, name) for name in filtered_on(target, topology)}
            call = {"Message": json.dumps(schedule.payload)}
            names = {"message": message.name, **filtered}
            call |= _sent(schedule, message, target.fifo, names, fair=is_fair(target, topology))
            return _call("sns:publish", "TopicArn", topic_id(target), call)
        case Bus():
            send(role, connection, "events:PutEvents", bus_arn(target), BY_SERVICE, plan)
            event = {"DetailType": message.detail_type, "Source": event_source(target, topology)}
            call = {"EventBridgeParameters": event, "Input": json.dumps(schedule.payload)}
            return {"Arn": bus_arn(target), **call}
        case Stream():
            send(role, connection, "kinesis:PutRecord", stream_arn(target), target.encryption, plan)
            record = {"message": message.name, "data": schedule.payload}
            key = {"PartitionKey": _partition_key(schedule, message)}
            return {"Arn": stream_arn(target), "KinesisParameters": key, "Input": json.dumps(record)}
        case Function():
            send(role, connection, "lambda:InvokeFunction", invoke_arn(target), BY_SERVICE, plan)
            return {"Arn": invoke_arn(target), "Input": json.dumps(schedule.payload)}
        case _:
            raise TypeError(connection)


def _call(action: str, key: str, target: str, call: Mapping[str, Any]) -> dict[str, Value]:
    """A call of an API as the target. Only the address is put in by ``Fn::Sub``, whatever the payload looks like."""
    rest = json.dumps(call).replace("${", "${!").removeprefix("{")
    text = f'{{"{key}": "${{{target}}}", {rest}'
    return {"Arn": Sub(f"arn:${{AWS::Partition}}:scheduler:::aws-sdk:{action}"), "Input": Sub(text)}


def _sent(
    schedule: Schedule, message: Message, fifo: Fifo | None, attributes: Mapping[str, object], *, fair: bool
) -> dict[str, Any]:
    """What goes beside a body: attributes, for a FIFO channel group and id, and the group for fair shares."""
    sent: dict[str, Any] = {
        "MessageAttributes": {name: _attribute(value) for name, value in attributes.items() if value is not None}
    }
    group = identifier(value_at(schedule.payload, message.key))
    if fifo or (fair and group):
        sent["MessageGroupId"] = group or "all"
    if fifo and fifo.deduplication != "content":
        identity = identifier(value_at(schedule.payload, message.idempotency_key))
        sent["MessageDeduplicationId"] = identity or _OCCURRENCE
    return sent


def _attribute(value: object) -> dict[str, str]:
    """A message attribute as generated senders write it."""
    if isinstance(value, str):
        return {"DataType": "String", "StringValue": value}
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"DataType": "Number", "StringValue": json.dumps(value)}
    return {"DataType": "String.Array" if isinstance(value, list) else "String", "StringValue": json.dumps(value)}


def _partition_key(schedule: Schedule, message: Message) -> str:
    """The message's key; Scheduler replaces nothing there, so a key that it would have to fill in gives way to the schedule's name."""
    key = identifier(value_at(schedule.payload, message.key))
    return (
        schedule.name
        if not key or any(keyword in str(value_at(schedule.payload, message.key)) for keyword in CONTEXT)
        else key
    )


def value_at(payload: object, path: str | None) -> object:
    """The value at a dotted path into a payload, or ``None``."""
    for step in path.split(".") if path else ():
        payload = payload.get(step) if isinstance(payload, Mapping) else None
    return payload if path else None


def identifier(value: object) -> str:
    """A value as a group or deduplication id: as it is where AWS takes it, else its digest; empty where there is none.

    A text with something that Scheduler replaces must stay open for that.
    """
    if value is None or value == "":
        return ""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    if any(keyword in text for keyword in CONTEXT):
        return _NO_IDENTIFIER.sub("-", text)
    if len(text) <= _IDENTIFIER_LIMIT and not _NO_IDENTIFIER.search(text):
        return text
    from hashlib import sha256  # few values are no identifiers

    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


_GENERAL = "EventBridge Scheduler, general target"
_READY_MADE = "EventBridge Scheduler, ready-made target"
SCHEDULE_BUS = Hop(Schedule, Bus, _READY_MADE, semantics, lower)
SCHEDULE_FUNCTION = Hop(Schedule, Function, _READY_MADE, semantics, lower)
SCHEDULE_QUEUE = Hop(Schedule, Queue, _GENERAL, semantics, lower)
SCHEDULE_STREAM = Hop(Schedule, Stream, _READY_MADE, semantics, lower)
SCHEDULE_TOPIC = Hop(Schedule, Topic, _GENERAL, semantics, lower)
