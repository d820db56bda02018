"""Stores of type ``s3``: buckets that nobody but their users reads, and that may tell of their objects."""

from collections.abc import Iterator

from penstock.kinds.exporting import publish
from penstock.kinds.key import kms_id
from penstock.kinds.kind import Kind
from penstock.kinds.queue import refuse_plain_http
from penstock.model.component import BY_SERVICE, Component, Encryption
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.layer import Layer
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.statement import Holder
from penstock.plan.values import Ref, Sub, Value, arn
from penstock.records import record

_DAY = 86_400
_DETAIL_TYPES = {"created": "Object Created", "deleted": "Object Deleted"}
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html"""
_UPLOAD_DAYS = 7
"""How long S3 keeps the parts of an upload that was never finished: for ever, if nobody says otherwise."""


@record
class Bucket(Component):
    """A bucket. ``expire_after`` and ``expire_versions_after`` in days, ``None`` for ever; ``stream`` is what it tells of its objects."""

    word = "store"
    arn_word = "bucket"

    versioning: bool
    expire_after: int | None = None
    expire_versions_after: int | None = None
    encryption: Encryption = BY_SERVICE
    physical_name: str | None = None
    stream: tuple[str, ...] = ()

    @property
    def is_fed_from_outside(self) -> bool:
        """Whether it has messages that no component sends: what S3 tells of its objects."""
        return bool(self.stream)


def detail_types(bucket: Component) -> tuple[str, ...]:
    """The detail-types of the events by which a bucket tells of its objects."""
    if not isinstance(bucket, Bucket):
        raise TypeError(bucket)
    return tuple(_DETAIL_TYPES[event] for event in bucket.stream)


def bucket_id(bucket: Component) -> str:
    """The logical id of a bucket."""
    return logical_id(bucket.name, "Bucket")


def bucket_arn(bucket: Component) -> Value:
    """The ARN of a bucket."""
    return arn(bucket_id(bucket))


def bucket_name(bucket: Component) -> Value:
    """The name of a bucket."""
    return Ref(bucket_id(bucket))


def objects_arn(bucket: Component) -> Value:
    """All objects of a bucket, as a policy names them."""
    return Sub(f"${{{bucket_id(bucket)}.Arn}}/*")


def objects_of(bucket: Component, folder: str) -> Value:
    """The objects of a bucket whose keys begin with a folder."""
    return Sub(f"${{{bucket_id(bucket)}.Arn}}/{folder}/*")


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The bucket."""
    lifecycle = entry.part("lifecycle")
    yield Bucket(
        name=name,
        origin=entry.origin,
        references=entry.references(),
        tags=entry.pairs("tags"),
        existing=entry.existing(),
        export=entry.export(),
        stream=entry.words("stream"),
        versioning=entry.flag("versioning"),
        expire_after=_days(lifecycle, "expire_after"),
        expire_versions_after=_days(lifecycle, "expire_versions_after"),
        encryption=entry.encryption(),
        physical_name=entry.text("physical_name"),
    )


def _days(lifecycle: Entry, key: str) -> int | None:
    seconds = lifecycle.seconds(key)
    return None if seconds is None else seconds // _DAY


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The bucket, kept when the stack goes: encrypted, closed to the public, and open to TLS alone."""
    if not isinstance(component, Bucket):
        raise TypeError(component)
    target, key = bucket_id(component), component.encryption.key
    if component.existing:
        plan.leave(target, component)
        if component.stream:
            plan.note(f"{component} is not made here: its owner must let it send its events to EventBridge")
        return
    by_default: dict[str, Value] = (
        {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": kms_id(key)} if key else {"SSEAlgorithm": "AES256"}
    )
    closed = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    properties: dict[str, Value] = {
        "BucketName": component.physical_name,
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": by_default, **({"BucketKeyEnabled": True} if key else {})}
            ]
        },
        "PublicAccessBlockConfiguration": dict.fromkeys(closed, True),
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "VersioningConfiguration": {"Status": "Enabled"} if component.versioning else None,
        "NotificationConfiguration": {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
        if component.stream
        else None,
        "LifecycleConfiguration": {"Rules": [_lifecycle(component)]},
        "Tags": tag_list({**topology.tags, **component.tags}),
    }
    plan.add(Resource(target, "AWS::S3::Bucket", properties, component.at(), retain=True))
    for sid, resource in (("RefusePlainHttp", arn(target)), ("RefusePlainHttpToObjects", objects_arn(component))):
        plan.grant(Holder.BUCKET, target, sid, refuse_plain_http("s3:*", resource), component.at())
    publish(component, bucket_arn(component), plan)


def _lifecycle(bucket: Bucket) -> dict[str, Value]:
    rule: dict[str, Value] = {
        "Id": "expiry",
        "Status": "Enabled",
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _UPLOAD_DAYS},
    }
    if bucket.expire_after:
        rule["ExpirationInDays"] = bucket.expire_after
    if bucket.expire_versions_after:
        rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": bucket.expire_versions_after}
    return rule


BUCKET = Kind(Bucket, "stores", "s3", "store-s3", read, lower, layer=Layer.CHANNELS)
