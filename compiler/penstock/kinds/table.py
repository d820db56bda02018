"""Stores of type ``dynamodb``."""

from collections.abc import Iterator, Mapping
from typing import Any

from penstock import resources
from penstock.kinds.exporting import publish
from penstock.kinds.key import kms_id
from penstock.kinds.kind import Kind
from penstock.model.component import BY_SERVICE, Component, Encryption
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.layer import Layer
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.values import GetAtt, Ref, Sub, Value, arn, inside
from penstock.records import NamedTuple, record


class Images(NamedTuple):
    """What a stream shows: AWS's word for it, the image that is the message, and the changes that have one."""

    view: str
    image: str
    events: tuple[str, ...]


_IMAGES = {
    "new-image": Images("NEW_IMAGE", "NewImage", ("INSERT", "MODIFY")),
    "old-image": Images("OLD_IMAGE", "OldImage", ("MODIFY", "REMOVE")),
    "both": Images("NEW_AND_OLD_IMAGES", "NewImage", ("INSERT", "MODIFY")),
    "keys": Images("KEYS_ONLY", "Keys", ()),
}
_PROJECTIONS: Mapping[str, tuple[str, ...] | None] = {"all": None, "keys": ()}


class Index(NamedTuple):
    """A global secondary index. ``attributes`` is what it has of an item besides the keys; ``None`` is all of it."""

    name: str
    key: str
    sort_key: str | None
    attributes: tuple[str, ...] | None


@record
class Table(Component):
    """A DynamoDB table, paid per request; ``stream`` is what its stream shows of a change, if it has one.

    The message of a change is one image of the item. A change that has no such image is passed over: with new images the removal of an
    item, with old ones its insertion.
    """

    word = "store"

    key: str
    sort_key: str | None = None
    indexes: tuple[Index, ...] = ()
    ttl_attribute: str | None = None
    stream: str | None = None
    point_in_time_recovery: bool
    encryption: Encryption = BY_SERVICE
    physical_name: str | None = None

    @property
    def image(self) -> str:
        """The part of a stream's record that is the message."""
        return _IMAGES[self.stream or "new-image"].image

    @property
    def events(self) -> tuple[str, ...]:
        """The changes that have such an image; empty for all of them."""
        return _IMAGES[self.stream or "new-image"].events

    @property
    def retention(self) -> int:
        """How many seconds the stream keeps a change: nobody can set that."""
        seconds: int = resources.limit("dynamodb.stream_retention")
        return seconds


def table_id(table: Component) -> str:
    """The logical id of a table; ``Ref`` of it is the table's name."""
    return logical_id(table.name, "Table")


def table_arn(table: Component) -> Value:
    """The ARN of a table."""
    return arn(table_id(table))


def table_name(table: Component) -> Value:
    """The name of a table."""
    return Ref(table_id(table))


def table_stream_arn(table: Component) -> Value:
    """The ARN of a table's stream."""
    return GetAtt(table_id(table), "StreamArn")


def index_arns(table: Table) -> tuple[Value, ...]:
    """The ARNs of a table's indexes."""
    return tuple(index_arn(table, index) for index in table.indexes)


def index_arn(table: Table, index: Index) -> Value:
    """The ARN of an index of a table."""
    own = inside("Table", table_arn(table))
    return Sub(f"{own.text}/index/{index.name}", own.variables)


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The table."""
    yield Table(
        name=name,
        origin=entry.origin,
        references=entry.references(),
        tags=entry.pairs("tags"),
        existing=entry.existing(),
        export=entry.export(),
        key=entry.text("key") or "",
        sort_key=entry.text("sort_key"),
        stream=entry.text("stream"),
        indexes=tuple(_indexes(entry.pairs("indexes"))),
        ttl_attribute=entry.text("ttl_attribute"),
        point_in_time_recovery=entry.flag("point_in_time_recovery"),
        encryption=entry.encryption(),
        physical_name=entry.text("physical_name"),
    )


def _indexes(indexes: Mapping[str, Any]) -> Iterator[Index]:
    for name, index in sorted(indexes.items()):
        projection = index.get("projection", "all")
        attributes = _PROJECTIONS[projection] if isinstance(projection, str) else tuple(projection)
        yield Index(name, index["key"], index.get("sort_key"), attributes)


def _key_schema(key: str, sort_key: str | None) -> list[dict[str, str]]:
    keys = [(key, "HASH"), *([(sort_key, "RANGE")] if sort_key else [])]
    return [{"AttributeName": name, "KeyType": role} for name, role in keys]


def _global_index(index: Index) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": "ALL"}
    if index.attributes is not None:
        projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(index.attributes)}
    if index.attributes == ():
        projection = {"ProjectionType": "KEYS_ONLY"}
    return {"IndexName": index.name, "KeySchema": _key_schema(index.key, index.sort_key), "Projection": projection}


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The table, kept when the stack goes."""
    if not isinstance(component, Table):
        raise TypeError(component)
    if component.existing:
        plan.leave(table_id(component), component)
        return
    keys = [(component.key, component.sort_key), *((index.key, index.sort_key) for index in component.indexes)]
    attributes = dict.fromkeys(name for pair in keys for name in pair if name)
    properties: dict[str, Any] = {
        "TableName": component.physical_name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in attributes],
        "KeySchema": _key_schema(component.key, component.sort_key),
        "GlobalSecondaryIndexes": [_global_index(index) for index in component.indexes] or None,
        "StreamSpecification": component.stream and {"StreamViewType": _IMAGES[component.stream].view},
        "TimeToLiveSpecification": component.ttl_attribute
        and {"AttributeName": component.ttl_attribute, "Enabled": True},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": component.point_in_time_recovery},
        "SSESpecification": component.encryption.key
        and {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": kms_id(component.encryption.key)},
        "Tags": tag_list({**topology.tags, **component.tags}),
    }
    plan.add(Resource(table_id(component), "AWS::DynamoDB::Table", properties, component.at(), retain=True))
    publish(component, table_arn(component), plan)


TABLE = Kind(Table, "stores", "dynamodb", "store-dynamodb", read, lower, layer=Layer.CHANNELS)
