"""A filter looks into a payload that lies in a bucket.

## Why it matters

What travels in place of a large payload is a pointer, so a filter on the payload finds none of the fields it asks for: exactly the
large messages are passed over, or have no group. Attributes travel with the pointer, and so does the message's name.

## Bad

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id, max_size: 5MiB, offload: {store: letters}}
producers:
  checkout: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  fulfilment:
    from: {source: orders, filter: {region: [eu]}, filter_on: body, dlq: {retention: 14d}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
stores:
  letters: {type: s3, lifecycle: {expire_after: 30d}}
```

## Good

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id, max_size: 5MiB, offload: {store: letters}}
producers:
  checkout: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  fulfilment:
    from: {source: orders, filter: {region: [eu]}, dlq: {retention: 14d}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
stores:
  letters: {type: s3, lifecycle: {expire_after: 30d}}
```

## Source

Amazon SNS Developer Guide, large messages with S3, and filtering by the payload:
https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.flow import stated_flow
from penstock.hops.filtering import looks_into_payload
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection, Delivery
from penstock.model.topology import Topology


@rule("CON006", "filter-misses-offloaded-payload", Severity.ERROR)
def filter_misses_offloaded_payload(topology: Topology) -> Iterator[Finding]:
    if not any(message.offload for message in topology.messages.values()):
        return
    for connection, messages in stated_flow(topology).on.items():
        kept = next((message for message in messages if message.offload), None)
        field = _looked_into(connection)
        if kept is None or not field:
            continue
        yield Finding(
            connection.at(field),
            f"`{field}` of what {connection.target} reads from {connection.source} asks for fields of the payload, but a large {kept.name} "
            "lies in a bucket, and only a pointer to it comes this way",
            "filter by an attribute or by the message's name, or leave the choice to the receiver",
            ((kept.at("offload"), "here it is said to be kept in a bucket"),),
        )


def _looked_into(connection: Connection) -> str:
    """The setting of a delivery that looks into the payload."""
    if not isinstance(connection.settings, Delivery):
        return ""
    delivery = connection.delivery
    if delivery.pattern and "detail" in delivery.pattern:
        return "pattern"
    if delivery.filters and looks_into_payload(connection):
        return "filter"
    payload = delivery.payload not in {None, "detail"}
    grouped = delivery.group_by is not None and delivery.group_by.path is not None
    return "payload" if payload else "group_by" if grouped else "dedupe_by" if delivery.dedupe_by else ""
