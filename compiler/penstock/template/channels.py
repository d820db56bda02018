"""Queues, topics, buses, streams, tables and buckets as a template declares them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from penstock.template.values import Map, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from penstock.template.draft import Part
    from penstock.template.stacks import Resource
    from penstock.template.translate import Translation

BUCKET, BUS, QUEUE = "AWS::S3::Bucket", "AWS::Events::EventBus", "AWS::SQS::Queue"
STREAM, TABLE, TOPIC = "AWS::Kinesis::Stream", "AWS::DynamoDB::Table", "AWS::SNS::Topic"
DEFAULT_BUS = "default"
DAY = 86_400
LONGEST = 14 * DAY
_MIB = 1 << 20
UNCLEAR = "the template says something that only the deployment knows"
"""Why nothing is said of a safeguard that may be there."""
_SECONDS: dict[str, tuple[str, int, tuple[int, int]]] = {
    "VisibilityTimeout": ("visibility_timeout", 30, (0, DAY // 2)),
    "MessageRetentionPeriod": ("retention", 4 * DAY, (60, LONGEST)),
    "DelaySeconds": ("delay", 0, (0, 900)),
    "ReceiveMessageWaitTimeSeconds": ("receive_wait", 0, (0, 20)),
}
"""AWS's default and range: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queue.html"""
_VIEWS = {"KEYS_ONLY": "keys", "NEW_AND_OLD_IMAGES": "both", "NEW_IMAGE": "new-image", "OLD_IMAGE": "old-image"}


def queue(translation: Translation, resource: Resource) -> None:
    """A queue; where its dead letters go is written when all queues are there."""
    own, part = resource.properties, translation.component("queues", resource)
    for key, (name, default, ends) in _SECONDS.items():
        seconds(part, name, own, key, default, ends)
    size = translation.draft.number(own, "MaximumMessageSize", _MIB, (1024, _MIB))
    part.put("max_size", f"{size}B", own.spot("MaximumMessageSize") if "MaximumMessageSize" in own else None)
    part.put("fair", value=False)
    _fifo(translation, part, own, "QueueName", "FifoQueue")
    encrypted(translation, part, own, "KmsMasterKeyId")


def seconds(part: Part, name: str, own: Map, key: str, default: int | None, ends: tuple[int, int]) -> None:  # noqa: PLR0913, PLR0917
    """A duration in whole seconds; without it AWS's default, if there is one."""
    if key in own:
        part.put(name, f"{part.draft.number(own, key, 0, ends)}s", own.spot(key))
    elif default is not None:
        part.put(name, f"{default}s")


def is_fifo(own: Map, name: str, flag: str) -> bool:
    """Whether a queue or a topic is FIFO: its name says so too."""
    return written(own.get(flag)) == "true" or (written(own.get(name)) or "").endswith(".fifo")


def _fifo(translation: Translation, part: Part, own: Map, name: str, flag: str) -> None:
    if not is_fifo(own, name, flag) and not translation.draft.flag(own, flag):
        return
    fifo = part.part("fifo", own.spot(flag) if flag in own else None)
    content = translation.draft.flag(own, "ContentBasedDeduplication")
    spot = own.spot("ContentBasedDeduplication") if "ContentBasedDeduplication" in own else None
    fifo.put("deduplication", "content" if content else "explicit", spot)
    per_group = "FifoThroughputLimit" if flag == "FifoQueue" else "FifoThroughputScope"
    grouped = written(own.get(per_group)) in {"perMessageGroupId", "MessageGroup"}
    fifo.put("throughput", "message-group" if grouped else "queue" if flag == "FifoQueue" else "topic")


def encrypted(translation: Translation, part: Part, own: Map, key: str) -> None:
    """Encryption with a key that a template makes; AWS's own keys are the service's business."""
    found = translation.directory.find(own.get(key))
    if found is None or found.type not in {"AWS::KMS::Key", "AWS::KMS::Alias"}:
        return
    if found.type == "AWS::KMS::Alias":
        found = translation.directory.find(found.properties.get("TargetKeyId"))
    if found is None:
        return
    if translation.part_of(found) is None:
        translation.component("keys", found).put("rotation", "365d")
    part.part("encryption", own.spot(key)).put("key", translation.name_of(found))


def letters(translation: Translation, resource: Resource) -> None:
    """Where a queue's dead letters go."""
    own, part = resource.properties, translation.part_of(resource)
    if part is None or "RedrivePolicy" not in own:
        return
    policy = mapping(own, "RedrivePolicy")
    target = policy.get("deadLetterTargetArn")
    spot = own.spot("RedrivePolicy")
    dlq = part.part("dlq", spot)
    if target is None:
        dlq.put("none", UNCLEAR)
        return
    dlq.put("queue", translation.queue(target, spot), policy.spot("deadLetterTargetArn"))
    receives = translation.draft.number(policy, "maxReceiveCount", 10, (1, 1000))
    dlq.put("max_receives", receives, policy.spot("maxReceiveCount") if "maxReceiveCount" in policy else None)


def mapping(own: Map, key: str) -> Map:
    """A mapping that may stand as a text of JSON; all of it stands in one place then."""
    found = own.get(key)
    if not isinstance(found, str):
        return own.part(key)
    try:
        data = json.loads(found)
    except ValueError:
        return Map(own.document)
    whole = Map(own.document)
    for name, value in data.items() if isinstance(data, dict) else ():
        whole.put(name, value, own.nodes[key])
    return whole


def topic(translation: Translation, resource: Resource) -> None:
    """A topic."""
    own, part = resource.properties, translation.component("topics", resource)
    _fifo(translation, part, own, "TopicName", "FifoTopic")
    size = translation.draft.number(own, "MaximumMessageSize", 262_144, (1024, _MIB))
    part.put("max_size", f"{size}B", own.spot("MaximumMessageSize") if "MaximumMessageSize" in own else None)
    encrypted(translation, part, own, "KmsMasterKeyId")


def bus(translation: Translation, resource: Resource) -> None:
    """A bus; where undeliverable events go is written when all queues are there."""
    own, part = resource.properties, translation.component("buses", resource)
    encrypted(translation, part, own, "KmsKeyIdentifier")
    if partner := written(own.get("EventSourceName")):
        part.put("partner", partner, own.spot("EventSourceName"))


def bus_letters(translation: Translation, resource: Resource) -> None:
    """Where events go that a bus cannot encrypt."""
    own, part = resource.properties.part("DeadLetterConfig"), translation.part_of(resource)
    if part is not None and "Arn" in own:
        spot = resource.properties.spot("DeadLetterConfig")
        part.part("dlq", spot).put("queue", translation.queue(own["Arn"], spot), own.spot("Arn"))


def stream(translation: Translation, resource: Resource) -> None:
    """A stream."""
    own, part = resource.properties, translation.component("streams", resource)
    on_demand = written(own.part("StreamModeDetails").get("StreamMode")) == "ON_DEMAND"
    if "ShardCount" in own and not on_demand:
        shards = translation.draft.number(own, "ShardCount", 1, (1, 10_000))
        part.part("capacity").put("shards", shards, own.spot("ShardCount"))
    hours = translation.draft.number(own, "RetentionPeriodHours", 24, (24, 8760))
    part.put("retention", f"{hours}h", own.spot("RetentionPeriodHours") if "RetentionPeriodHours" in own else None)
    size = translation.draft.number(own, "MaxRecordSizeInKiB", 1024, (1024, 10_240))
    part.put("max_record_size", f"{size}KiB", own.spot("MaxRecordSizeInKiB") if "MaxRecordSizeInKiB" in own else None)


def table(translation: Translation, resource: Resource) -> None:
    """A table."""
    own, part = resource.properties, translation.component("stores", resource)
    part.put("type", "dynamodb")
    part.put("key", _hash_key(own))
    part.put("point_in_time_recovery", value=False)
    view = written(own.part("StreamSpecification").get("StreamViewType"))
    if "StreamSpecification" in own:
        part.put("stream", _VIEWS.get(view or "", "both"), own.spot("StreamSpecification"))
    attribute = written(own.part("TimeToLiveSpecification").get("AttributeName"))
    if attribute and written(own.part("TimeToLiveSpecification").get("Enabled")) == "true":
        part.put("ttl_attribute", attribute, own.spot("TimeToLiveSpecification"))


def _hash_key(own: Map) -> str:
    for one, _ in own.items_of("KeySchema"):
        if isinstance(one, Map) and written(one.get("KeyType")) == "HASH":
            return written(one.get("AttributeName")) or "id"
    return written(own.part("PrimaryKey").get("Name")) or "id"


def bucket(translation: Translation, resource: Resource) -> None:
    """A bucket."""
    part = translation.component("stores", resource)
    part.put("type", "s3")
    part.put("versioning", value=False)


CHANNELS: dict[str, Callable[[Translation, Resource], None]] = {
    BUCKET: bucket,
    BUS: bus,
    QUEUE: queue,
    STREAM: stream,
    TABLE: table,
    TOPIC: topic,
}
REDRIVES: dict[str, Callable[[Translation, Resource], None]] = {BUS: bus_letters, QUEUE: letters}
