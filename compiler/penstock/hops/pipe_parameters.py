"""What a pipe is told of its source and its target: batches, filters, message groups, and how the payload is wrapped.

Filters, message groups and partition keys are paths into what the pipe gets, so it must be known how a payload lies in its source:
`payload_in` says where, or that it cannot be known. SQS and Kinesis hold the body as a text, which a pipe opens by itself
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html).
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from penstock import resources
from penstock.graph.flow import only_message, stated_flow
from penstock.graph.forms import forms
from penstock.hops.matching import event_source, key_of
from penstock.hops.stream_function import POSITIONS
from penstock.hops.stream_function import batch_size as stream_batch_size
from penstock.hops.wrapping import Envelope, envelopes
from penstock.kinds import Bus, Endpoint, Queue, Stream, Table, Topic
from penstock.kinds.endpoint import http_parameters
from penstock.kinds.queue import queue_arn
from penstock.model.component import Component, Connection, Form
from penstock.model.topology import Topology
from penstock.plan.values import Value
from penstock.records import NamedTuple


class Wrapping(NamedTuple):
    """Where in what a pipe gets the message's name and its payload stand, and under which key the payload is handed on.

    ``name`` is ``None`` where nothing but the topology says it.
    """

    name: str | None
    payload: str
    key: str = "data"


_IN_QUEUE = {
    frozenset({Envelope.DIRECT}): Wrapping("$.messageAttributes.message.stringValue", "$.body"),
    frozenset({Envelope.WRAPPED}): Wrapping("$.body.message", "$.body.data"),
    frozenset({Envelope.EVENT}): Wrapping("$.body.detail-type", "$.body.detail"),
}
_IN_STREAM = Wrapping("$.data.message", "$.data.data")
_WRAPPED_EVENT = Wrapping("$.body.detail.message", "$.body.detail.data")


def payload_in(source: Component, topology: Topology) -> Wrapping | None:
    """Where the payload stands in what a pipe gets from a source; ``None`` if in several places, or in a text.

    A notification of SNS holds its message as a text inside of the body, into which a pipe does not look.
    """
    if isinstance(source, Table):
        return Wrapping(None, f"$.dynamodb.{source.image}", "image")
    if isinstance(source, Stream):
        return _IN_STREAM
    found = envelopes(source, topology)
    if found == {Envelope.EVENT, Envelope.WRAPPED}:
        before = [connection.source for connection in topology.incoming(source)]
        wrapped = all(isinstance(bus, Bus) and forms(bus, topology) == {Form.WRAPPED} for bus in before)
        return _WRAPPED_EVENT if wrapped else None
    return _IN_QUEUE.get(frozenset(found))


def has_attributes(source: Component, topology: Topology) -> bool:
    """Whether a pipe finds attributes on what comes from a source."""
    return isinstance(source, Queue) and envelopes(source, topology) == {Envelope.DIRECT}


def pipes(topology: Topology) -> Iterator[Connection]:
    """The connections that are pipes: from what is read rather than what delivers, to a channel or an endpoint."""
    for kind in (Queue, Stream, Table):
        for source in topology.of(kind):
            for connection in topology.outgoing(source):
                if isinstance(connection.target, Queue | Topic | Bus | Stream | Endpoint):
                    yield connection


def batch_size(connection: Connection) -> int:
    """How many messages one batch has at most: what is said, or AWS's default for the source as far as the target takes that."""
    if connection.states("batch", "size"):
        return connection.delivery.batch.size
    if isinstance(connection.source, Queue):
        return min(connection.delivery.batch.size, largest_batch(connection.target))
    return min(stream_batch_size(connection), largest_batch(connection.target))


def largest_batch(target: Component) -> int:
    """The most messages that a pipe hands to a target at once; an endpoint gets each with a request of its own."""
    names: Mapping[type[Component], str] = {Stream: "max_stream_batch", Endpoint: "endpoint_batch"}
    limit: int = resources.limit(f"pipes.{names.get(type(target), 'max_batch')}")
    return limit


def source_parameters(connection: Connection, topology: Topology) -> dict[str, Value]:
    """How the pipe reads, and what of it lets through; SQS deletes what it does not."""
    delivery = connection.delivery
    own: dict[str, Value] = {
        "BatchSize": batch_size(connection),
        "MaximumBatchingWindowInSeconds": delivery.batch.window or None,
    }
    kind = "SqsQueueParameters"
    if not isinstance(connection.source, Queue):
        kind = "DynamoDBStreamParameters" if isinstance(connection.source, Table) else "KinesisStreamParameters"
        dlq = topology.dead_letter_queue(delivery.dlq)
        own |= {
            "StartingPosition": POSITIONS[delivery.start or "oldest"],
            "MaximumRetryAttempts": delivery.max_retries,
            "MaximumRecordAgeInSeconds": delivery.max_age,
            "OnPartialBatchItemFailure": "AUTOMATIC_BISECT" if delivery.bisect else None,
            "ParallelizationFactor": delivery.parallelization if delivery.parallelization > 1 else None,
            "DeadLetterConfig": dlq and {"Arn": queue_arn(dlq)},
        }
    stated: dict[str, Value] = {kind: {name: value for name, value in own.items() if value is not None}}
    if patterns := list(_patterns(connection, topology)):
        stated["FilterCriteria"] = {"Filters": [{"Pattern": json.dumps(pattern)} for pattern in patterns]}
    return stated


def _patterns(connection: Connection, topology: Topology) -> Iterator[dict[str, Any]]:
    """The declared messages and filters, as patterns for what the pipe gets; several filters are an OR."""
    source, delivery = connection.source, connection.delivery
    if isinstance(source, Table):
        if source.events:
            yield {"eventName": list(source.events)}
        return
    wrapping = _known(source, topology)
    by_name = _at(wrapping.name, _names(connection, topology)) if delivery.messages else {}
    for one in delivery.filters or ((),):
        if not one:
            if by_name:
                yield by_name
        elif delivery.filter_on == "attributes":
            attributes = {name: {"stringValue": rule} for name, rule in dict(one).items()}
            yield _merged(by_name, {"messageAttributes": attributes})
        else:
            yield _merged(by_name, _at(wrapping.payload, dict(one)))


def _names(connection: Connection, topology: Topology) -> list[str]:
    """The declared messages as their names stand in the source: an event has their detail-types."""
    names = connection.delivery.messages or ()
    if _known(connection.source, topology) == _IN_QUEUE[frozenset({Envelope.EVENT})]:
        return [topology.messages[name].detail_type for name in names]
    return list(names)


def _at(path: str | None, rule: object) -> dict[str, Any]:
    """A pattern that asks something of the place at a path."""
    for step in reversed((path or "").removeprefix("$.").split(".")):
        rule = {step: rule}
    return dict(rule) if isinstance(rule, dict) else {}


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Two patterns as one that asks both."""
    merged = dict(first)
    for name, rule in second.items():
        known = merged.get(name)
        merged[name] = _merged(known, rule) if isinstance(known, Mapping) and isinstance(rule, Mapping) else rule
    return merged


def _known(source: Component, topology: Topology) -> Wrapping:
    wrapping = payload_in(source, topology)
    if wrapping is None:
        message = f"nothing says where the payload stands in {source}"
        raise LookupError(message)
    return wrapping


def target_parameters(connection: Connection, topology: Topology) -> dict[str, Value]:
    """The template that wraps the payload with the message's name, and what the target wants to know besides."""
    wrapping = _known(connection.source, topology)
    message = only_message(connection, topology)
    name = f'"{message.name}"' if message else f"<{wrapping.name}>"
    stated: dict[str, Value] = {"InputTemplate": f'{{"message": {name}, "{wrapping.key}": <{wrapping.payload}>}}'}
    target = connection.target
    match target:
        case Bus():
            detail_type = message.detail_type if message else wrapping.name
            stated["EventBridgeEventBusParameters"] = {
                "DetailType": detail_type,
                "Source": event_source(target, topology),
            }
        case Stream():
            stated["KinesisStreamParameters"] = {"PartitionKey": group_of(connection, topology)}
        case Queue() if target.fifo:
            own = {"MessageGroupId": group_of(connection, topology)}
            if target.fifo.deduplication != "content":
                own["MessageDeduplicationId"] = _identity(connection, topology)
            stated["SqsQueueParameters"] = own
        case Endpoint() if target.headers:
            stated["HttpParameters"] = http_parameters(target)
        case _:
            pass
    return stated


def group_of(connection: Connection, topology: Topology) -> str:
    """The message group or partition key: what is said, the messages' common key, or what the source itself has for one."""
    source = connection.source
    stated = connection.delivery.group_by
    key = stated if isinstance(source, Table) else key_of(connection, topology)
    if key is not None:
        return key.constant if key.constant is not None else _field(source, key.path or "", topology)
    match source:
        case Table():
            return f"$.dynamodb.Keys.{source.key}.S"
        case Stream():
            return "$.partitionKey"
        case Queue() if source.fifo:
            return "$.attributes.MessageGroupId"
        case _:
            return "$.messageId"


def _identity(connection: Connection, topology: Topology) -> str:
    """What tells copies apart: a field of the payload, or else what is the same in each attempt of the pipe."""
    source = connection.source
    keys = {message.idempotency_key for message in stated_flow(topology).on[connection]}
    common = keys.pop() if len(keys) == 1 and not isinstance(source, Table) else None
    path = connection.delivery.dedupe_by or common
    if path:
        return _field(source, path, topology)
    return "$.messageId" if isinstance(source, Queue) else "$.eventID"


def _field(source: Component, path: str, topology: Topology) -> str:
    """Where a field of the payload stands; in an image it must be a string."""
    steps = f"{'.M.'.join(path.split('.'))}.S" if isinstance(source, Table) else path
    return f"{_known(source, topology).payload}.{steps}"
