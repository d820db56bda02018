"""The names of messages are lost, because their detail-types are something else.

## Why it matters

A rule that hands an event to a topic or a stream wraps the payload with the message's name, and so does a pipe that reads a queue behind
a bus. Where several messages pass, the name is taken from the event's detail-type. If a message has a `detail_type` of its own, readers
get that in place of the name, and know no such message.

## Bad

```yaml
messages:
  OrderPlaced: {schema: {type: object}, key: order_id, idempotency_key: order_id, detail_type: order placed}
  OrderPaid: {schema: {type: object}, key: order_id, idempotency_key: order_id}
producers:
  shop:
    type: external
    principal: "111122223333"
    publishes: [{message: OrderPlaced, to: commerce}, {message: OrderPaid, to: commerce}]
buses:
  commerce: {}
streams:
  history: {retention: 7d, from: {source: commerce, dlq: {}}}
consumers:
  show:
    from:
      source: history
      start: oldest
      batch: {size: 50, partial_failures: true}
      retries: {max_retries: 5, max_age: 6h, bisect: true}
      on_failure: {}
```

## Good

```yaml
messages:
  OrderPlaced: {schema: {type: object}, key: order_id, idempotency_key: order_id, detail_type: order placed}
  OrderPaid: {schema: {type: object}, key: order_id, idempotency_key: order_id}
producers:
  shop:
    type: external
    principal: "111122223333"
    publishes: [{message: OrderPlaced, to: commerce}, {message: OrderPaid, to: commerce}]
buses:
  commerce: {}
streams:
  history:
    retention: 7d
    from:
      - {source: commerce, id: placed, messages: [OrderPlaced], dlq: {}}
      - {source: commerce, id: paid, messages: [OrderPaid], dlq: {}}
consumers:
  show:
    from:
      source: history
      start: oldest
      batch: {size: 50, partial_failures: true}
      retries: {max_retries: 5, max_age: 6h, bisect: true}
      on_failure: {}
```

## Source

Amazon EventBridge User Guide, input transformation:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.flow import flow, only_message
from penstock.hops.wrapping import Envelope, envelopes
from penstock.kinds import Bus, Queue, Stream, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection, Delivery
from penstock.model.topology import Topology


@rule("WIR001", "name-lost", Severity.ERROR)
def name_lost(topology: Topology) -> Iterator[Finding]:
    for connection in topology.connections:
        if not _named_by_type(connection, topology):
            continue
        messages = flow(topology).on[connection]
        other = next((message for message in messages if message.detail_type != message.name), None)
        if other is None or only_message(connection, topology):
            continue
        gets = f"{len(messages)} messages" if len(messages) > 1 else f"{other.name} and what others send"
        yield Finding(
            connection.at("source"),
            f"{connection.target} gets {gets} from {connection.source}, and of {other.name} not the name but "
            f"the detail-type {other.detail_type!r}",
            "read each message by an entry of its own, with `messages:` and an `id`, or leave `detail_type` to be the name",
        )


def _named_by_type(connection: Connection, topology: Topology) -> bool:
    """Whether a rule or a pipe takes the name out of an event."""
    if not isinstance(connection.settings, Delivery) or not isinstance(connection.target, Topic | Stream | Queue | Bus):
        return False
    if isinstance(connection.source, Bus):
        return isinstance(connection.target, Topic | Stream)
    if isinstance(connection.target, Bus):
        return isinstance(connection.source, Stream) or envelopes(connection.source, topology) != {Envelope.EVENT}
    return isinstance(connection.source, Queue) and Envelope.EVENT in envelopes(connection.source, topology)
