"""Stores of type ``dynamodb``."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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
from penstock.plan.values import Ref, Value, arn


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table(Component):
    """A DynamoDB table, paid per request."""

    word = "store"

    key: str
    sort_key: str | None = None
    ttl_attribute: str | None = None
    point_in_time_recovery: bool
    encryption: Encryption = BY_SERVICE
    physical_name: str | None = None


def table_id(table: Component) -> str:
    """The logical id of a table; ``Ref`` of it is the table's name."""
    return logical_id(table.name, "Table")


def table_arn(table: Component) -> Value:
    """The ARN of a table."""
    return arn(table_id(table))


def table_name(table: Component) -> Value:
    """The name of a table."""
    return Ref(table_id(table))


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
        ttl_attribute=entry.text("ttl_attribute"),
        point_in_time_recovery=entry.flag("point_in_time_recovery"),
        encryption=entry.encryption(),
        physical_name=entry.text("physical_name"),
    )


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The table, kept when the stack goes."""
    if not isinstance(component, Table):
        raise TypeError(component)
    if component.existing:
        plan.leave(table_id(component), component)
        return
    keys = [(component.key, "HASH"), *([(component.sort_key, "RANGE")] if component.sort_key else [])]
    properties: dict[str, Any] = {
        "TableName": component.physical_name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        "KeySchema": [{"AttributeName": name, "KeyType": role} for name, role in keys],
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
