"""A message may be larger than a hop takes it.

## Why it matters

Each service has its own limit, and what travels is more than the payload: EventBridge counts source and detail-type, SNS the attributes, a
record of a stream its envelope. A message of the size that the contract allows is refused there, in production and on the one
day when it is large.

Of a message with `offload` only what stays below its `above` travels; the rest lies in a bucket.

Looked at is what a topology sends directly; what SNS delivers to a queue has been let in by the topic, and the queue's own limit does
not hold for it.

## Bad

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id, max_size: 512KiB}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  fulfilment: {from: {source: orders, dlq: {retention: 14d}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id, max_size: 250KiB}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  fulfilment: {from: {source: orders, dlq: {retention: 14d}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SNS Developer Guide, large message payloads: https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html
Amazon EventBridge User Guide, sending events: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
"""

from collections import defaultdict
from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.hops.sizes import Room, room
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection, Publication
from penstock.model.topology import Message, Topology
from penstock.model.units import show_size


@rule("CON003", "message-too-large", Severity.ERROR)
def message_too_large(topology: Topology) -> Iterator[Finding]:
    tight: dict[Message, list[tuple[Connection, Room]]] = defaultdict(list)
    for connection, messages in flow(topology).on.items():
        for message in messages:
            found = room(connection, message, topology)
            if message.offload and _nobody_keeps(connection):
                continue  # a fault of its own (CON005)
            size = (
                message.max_size if connection.target.word == "function" and _is_sent(connection) else message.wire_size
            )
            if size is not None and found is not None and size > found.left:
                tight[message].append((connection, found))
    for message, hops in tight.items():
        connection, least = min(hops, key=lambda hop: hop[1].left)
        more = f", {least.envelope} bytes of them for {least.what}" if least.envelope else ""
        place, on_its_way, otherwise = (
            message.at("max_size"),
            "",
            ", or keep what is large in a bucket: `offload: {store: ...}`",
        )
        if message.offload is not None:
            place, on_its_way, otherwise = message.at("offload", "above"), " on its way", ""
        yield Finding(
            place,
            f"{message.name} may have {show_size(message.wire_size or 0)}{on_its_way}, but from {connection.source} to "
            f"{connection.target} {least.service} takes {show_size(least.limit)}{more}: a larger one is refused",
            f"write `{place.path[-1]}: {least.left // 1024}KiB` or less{otherwise}",
            tuple((hop.at(), f"here {show_size(found.left)} are left for the payload") for hop, found in hops),
        )


def _is_sent(connection: Connection) -> bool:
    return isinstance(connection.settings, Publication)


def _nobody_keeps(connection: Connection) -> bool:
    """Whether a message is sent to a channel by somebody without code that could keep it in a bucket."""
    return (
        _is_sent(connection)
        and connection.source.word not in {"function", "service"}
        and connection.target.word != "function"
    )
