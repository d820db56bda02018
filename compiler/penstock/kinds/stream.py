"""Kinesis data streams."""

from collections.abc import Iterator
from typing import Any

from penstock import resources
from penstock.kinds import alarms
from penstock.kinds.allowing import consent
from penstock.kinds.deliveries import channel_deliveries
from penstock.kinds.exporting import publish
from penstock.kinds.key import kms_id
from penstock.kinds.kind import Kind
from penstock.kinds.queue import delivery_queues, delivery_references
from penstock.model.component import BY_SERVICE, NO_ALLOWANCE, Allowance, Component, Encryption, Reference
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.addresses import existing_name
from penstock.plan.layer import Layer
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.values import Ref, Value, arn
from penstock.records import record

_HOUR = 3_600
_KIB = 1_024
_OWN_KEY = "alias/aws/kinesis"


@record
class Stream(Component):
    """A stream. ``shards`` is ``None`` on demand; ``retention`` in seconds, ``None`` where it is not known; ``max_record`` in bytes.

    ``fan_out`` are the functions that read it with a throughput of their own; ``keyed`` says that the partition key decides on the shard.
    """

    word = "stream"

    shards: int | None = None
    retention: int | None
    max_record: int
    fan_out: tuple[str, ...] = ()
    keyed: bool = True
    encryption: Encryption = BY_SERVICE
    physical_name: str | None = None
    allowance: Allowance = NO_ALLOWANCE


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
        references=(*entry.references(), *delivery_references(entry), *_readers(entry)),
        tags=entry.pairs("tags"),
        thresholds=entry.thresholds(),
        severities=entry.severities(),
        existing=entry.existing(),
        export=entry.export(),
        shards=entry.part("capacity").number("shards"),
        retention=entry.seconds("retention"),
        max_record=entry.size("max_record_size") or resources.limit("kinesis.max_record_raised"),
        fan_out=entry.words("fan_out"),
        keyed=entry.text("distribution") != "automatic",
        encryption=entry.encryption(),
        physical_name=entry.text("physical_name"),
        allowance=entry.allowance(),
    )
    yield from delivery_queues(name, entry, entry.pairs("tags"))


def _readers(entry: Entry) -> Iterator[Reference]:
    for index, name in enumerate(entry.words("fan_out")):
        yield Reference(name, entry.at("fan_out", index), ("function",))


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
        "MaxRecordSizeInKiB": component.max_record // _KIB if component.states("max_record_size") else None,
        "RecordDistributionStrategy": None if component.keyed else "AUTO",
        "StreamEncryption": None if own.reason is not None else {"EncryptionType": "KMS", "KeyId": key},
        "Tags": tag_list({**topology.tags, **component.tags}),
    }
    plan.add(Resource(stream_id(component), "AWS::Kinesis::Stream", properties, component.at(), retain=True))
    _watch(component, topology, plan)
    publish(component, stream_arn(component), plan)
    consent(component, stream_id(component), stream_arn(component), component.allowance, plan)


def _watch(stream: Stream, topology: Topology, plan: Plan) -> None:
    name = existing_name(stream) or stream_name(stream)
    for alarm in alarms.for_stream(stream, name, topology):
        plan.add(alarm)


STREAM = Kind(Stream, "streams", None, "stream", read, lower, layer=Layer.CHANNELS)
