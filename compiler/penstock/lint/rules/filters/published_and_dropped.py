"""A message is published where nobody takes it.

## Why it matters

A topic or a bus keeps nothing: a message that no subscription or rule lets through is accepted, answered with success, and gone. That is
how a message is lost that was added to a publisher alone, or whose name was changed at one end.

A topic or a bus without any receiver is another finding (GRF001), and so is a filter that lets nothing through at all (FLT002). Who reads
from a channel that exists already or is exported is not known, so nothing is said of it.

## Bad

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id}
  OrderCancelled: {schema: {type: object}, idempotency_key: order_id}
producers:
  shop:
    type: external
    principal: "111122223333"
    publishes: [{message: OrderPlaced, to: commerce}, {message: OrderCancelled, to: commerce}]
buses:
  commerce: {}
queues:
  fulfilment:
    from: {source: commerce, messages: [OrderPlaced], dlq: {retention: 14d}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id}
  OrderCancelled: {schema: {type: object}, idempotency_key: order_id}
producers:
  shop:
    type: external
    principal: "111122223333"
    publishes: [{message: OrderPlaced, to: commerce}, {message: OrderCancelled, to: commerce}]
buses:
  commerce: {}
queues:
  fulfilment:
    from: {source: commerce, messages: [OrderPlaced, OrderCancelled], dlq: {retention: 14d}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon EventBridge User Guide, rules: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rules.html
Amazon SNS Developer Guide, message filtering: https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.filtering import malformed, may_pass
from penstock.kinds import Bus, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.component import Component, Delivery, Publication
from penstock.model.topology import Topology


@rule("FLT003", "published-and-dropped", Severity.WARNING)
def published_and_dropped(topology: Topology) -> Iterator[Finding]:
    for channel in topology.components.values():
        if not isinstance(channel, Topic | Bus) or not _has_receivers(channel, topology):
            continue
        for connection in topology.incoming(channel):
            if isinstance(connection.settings, Publication):
                name = connection.settings.message
                if _is_taken(channel, name, topology):
                    continue
                yield Finding(
                    connection.at("message"),
                    f"{connection.source} publishes {name} to {channel}, but nobody who reads from it takes that: it is dropped",
                    f"name {name} in the `messages` of whoever should get it, or stop publishing it there",
                )


def _has_receivers(channel: Component, topology: Topology) -> bool:
    """Whether all who receive are seen here: not those of a channel that others know too, or of the one that gets the alarms."""
    known = channel.existing or channel.export or channel.name in topology.alarms.topics
    others = isinstance(channel, Topic | Bus) and channel.allowance.subscribe
    return bool(topology.outgoing(channel)) and not known and not others


def _is_taken(channel: Component, name: str, topology: Topology) -> bool:
    message = topology.messages[name]
    return any(
        not isinstance(connection.settings, Delivery)
        or any(malformed(connection))
        or (connection.delivery.enabled and may_pass(connection, message, topology))
        for connection in topology.outgoing(channel)
    )
