"""Kinesis data streams."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from penstock.kinds import alarms
from penstock.kinds.deliveries import channel_deliveries
from penstock.kinds.exporting import publish
from penstock.kinds.key import kms_id
from penstock.kinds.kind import Kind
from penstock.kinds.queue import delivery_queues, delivery_references
from penstock.model.component import BY_SERVICE, Component, Encryption
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.addresses import existing_name
from penstock.plan.layer import Layer
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.values import Ref, Value, arn

_HOUR = 3_600
_OWN_KEY = "alias/aws/kinesis"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stream(Component):
    """A stream. ``shards`` is ``None`` on demand; ``retention`` in seconds, ``None`` where it is not known."""

    word = "stream"

    shards: int | None = None
    retention: int | None
    encryption: Encryption = BY_SERVICE
    physical_name: str | None = None


def stream_id(stream: Component) -> str:
    """The logical id of a stream; ``Ref`` of it is the stream's name."""
    return logical_id(stream.name, "Stream")


def stream_arn(stream: Component) -> Value:
    """The ARN of a stream."""
    return arn(stream_id(stream))


def stream_name(stream: Component) -> Value:
    """The name of a stream."""
    return Ref(stream_id(stream))


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The stream, and the queues that its deliveries write inline."""
    yield Stream(
        name=name,
        origin=entry.origin,
        deliveries=channel_deliveries(name, entry),
        references=(*entry.references(), *delivery_references(entry)),
        tags=entry.pairs("tags"),
        thresholds=entry.thresholds(),
        severities=entry.severities(),
        existing=entry.existing(),
        export=entry.export(),
        shards=entry.part("capacity").number("shards"),
        retention=entry.seconds("retention"),
        encryption=entry.encryption(),
        physical_name=entry.text("physical_name"),
    )
    yield from delivery_queues(name, entry, entry.pairs("tags"))


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The stream, encrypted at rest, and kept when the stack goes."""
    if not isinstance(component, Stream):
        raise TypeError(component)
    if component.existing:
        plan.leave(stream_id(component), component)
        _watch(component, topology, plan)
        return
    own = component.encryption
    key = kms_id(own.key) if own.key else _OWN_KEY
    properties: dict[str, Any] = {
        "Name": component.physical_name,
        "StreamModeDetails": {"StreamMode": "PROVISIONED" if component.shards else "ON_DEMAND"},
        "ShardCount": component.shards,
        "RetentionPeriodHours": component.retention and component.retention // _HOUR,
        "StreamEncryption": None if own.reason is not None else {"EncryptionType": "KMS", "KeyId": key},
        "Tags": tag_list({**topology.tags, **component.tags}),
    }
    plan.add(Resource(stream_id(component), "AWS::Kinesis::Stream", properties, component.at(), retain=True))
    _watch(component, topology, plan)
    publish(component, stream_arn(component), plan)


def _watch(stream: Stream, topology: Topology, plan: Plan) -> None:
    name = existing_name(stream) or stream_name(stream)
    for alarm in alarms.for_stream(stream, name, topology):
        plan.add(alarm)


STREAM = Kind(Stream, "streams", None, "stream", read, lower, layer=Layer.CHANNELS)
