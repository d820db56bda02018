"""A key may be what no message group or partition key can be.

## Why it matters

SQS and SNS take a message group and a deduplication id of at most 128 characters, letters, digits and punctuation alone: no space, no
umlaut. Kinesis takes a partition key of at most 256 characters. Generated code makes a digest of whatever does not fit. A rule of
EventBridge, a pipe and a route hand the field on as it is: then a message whose key the contract allows is refused, a route answers with
an error, and what a rule or a pipe brings is given up.

Looked at are keys whose schema says how long they may be (`maxLength`), or which they are (`enum`, `const`).

## Bad

```yaml
messages:
  OrderPlaced:
    schema: {type: object, required: [order_id, region], properties: {order_id: {type: string}, region: {enum: [north, south west]}}}
    key: region
    idempotency_key: order_id
producers:
  shop: {type: service, publishes: {message: OrderPlaced, to: shop-bus}}
buses:
  shop-bus: {}
queues:
  orders:
    fifo: {deduplication: content}
    visibility_timeout: 3m
    from: {source: shop-bus, dlq: {}}
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 1}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
messages:
  OrderPlaced:
    schema: {type: object, required: [order_id, region], properties: {order_id: {type: string}, region: {enum: [north, south-west]}}}
    key: region
    idempotency_key: order_id
producers:
  shop: {type: service, publishes: {message: OrderPlaced, to: shop-bus}}
buses:
  shop-bus: {}
queues:
  orders:
    fifo: {deduplication: content}
    visibility_timeout: 3m
    from: {source: shop-bus, dlq: {}}
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 1}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SQS API Reference, SendMessage, and Amazon Kinesis Data Streams API Reference, PutRecord:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
"""

import re
from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.hops.matching import key_of
from penstock.kinds import Api, Bus, Queue, Stream, Table, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection, Delivery
from penstock.model.origin import Place
from penstock.model.shapes import find_field, shape_of
from penstock.model.topology import Message, Topology
from penstock.records import NamedTuple

_PUNCTUATED = re.compile(r"[!-~]*")


class _Use(NamedTuple):
    """Where a field becomes an id, what that is called, and how long it may be; a ``group`` has no spaces and no umlauts."""

    place: Place
    path: str
    what: str
    most: int
    group: bool


@rule("CON007", "key-unfit-for-group", Severity.WARNING)
def key_unfit_for_group(topology: Topology) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()
    for connection in topology.connections:
        uses = list(_uses(connection, topology))
        for message in flow(topology).on[connection] if uses else ():
            for use in uses:
                problem = _problem(use, message)
                if problem and (message.name, use.path) not in told:
                    told.add((message.name, use.path))
                    yield Finding(
                        use.place,
                        f"{connection.source} makes the {use.what} for {connection.target} of {use.path!r}, but in {message.name} that "
                        f"{problem}: such a message is refused",
                        "narrow it in the schema, or name another field",
                        ((message.at("schema"), "the schema stands here"),),
                    )


def _uses(connection: Connection, topology: Topology) -> Iterator[_Use]:
    """What AWS itself makes an id of, on its way from a route, a rule or a pipe."""
    source, target = connection.source, connection.target
    stream = isinstance(target, Stream)
    what = "partition key" if stream else "message group"
    most = resources.limit("kinesis.max_partition_key" if stream else "sqs.max_group_id")
    if not stream and not (isinstance(target, Queue | Topic) and target.fifo):
        return
    if isinstance(source, Api):
        for message in flow(topology).on[connection]:
            if message.key:
                yield _Use(message.at("key"), message.key, what, most, not stream)
    elif isinstance(source, Bus | Queue | Stream) and isinstance(connection.settings, Delivery):
        key = key_of(connection, topology)
        if key and key.path:
            yield _Use(_place(connection, key.path, topology), key.path, what, most, not stream)
    elif isinstance(source, Table) and connection.delivery.group_by and connection.delivery.group_by.path:
        yield _Use(connection.at("group_by"), connection.delivery.group_by.path, what, most, not stream)


def _place(connection: Connection, path: str, topology: Topology) -> Place:
    if connection.delivery.group_by:
        return connection.at("group_by")
    return next(one.at("key") for one in flow(topology).on[connection] if one.key == path)


def _problem(use: _Use, message: Message) -> str | None:
    """What is wrong with the values that a contract allows for a field."""
    found = find_field(message.schema, use.path)
    if found is None or found.missing is not None:
        return None
    shape = shape_of(found.schemas, message.schema)
    if shape.values is not None:
        wrong = [one for one in shape.values if isinstance(one, str) and not _fits(one, use)]
        return f"may be {wrong[0]!r}" if wrong else None
    longest = shape.bounds.get("maxLength", 0)
    return f"may have {longest} characters, and {use.most} are taken" if longest > use.most else None


def _fits(value: str, use: _Use) -> bool:
    return 0 < len(value) <= use.most and (not use.group or bool(_PUNCTUATED.fullmatch(value)))
