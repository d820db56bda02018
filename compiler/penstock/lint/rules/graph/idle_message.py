"""A message that nobody sends.

## Why it matters

A contract without a sender is mostly what is left of something that was taken down, or the beginning of something
that is not yet there. It does no harm; readers take it for a part of the system. What is sent and not
received is another finding (GRF001, FLT003).

## Bad

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id}
  OrderRefused: {schema: {type: object}, idempotency_key: order_id}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon EventBridge User Guide, events: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.component import NO_ALLOWANCE, Component, Delivery, Publication
from penstock.model.resolve import READABLE
from penstock.model.topology import Topology


@rule("GRF020", "idle-message", Severity.INFO)
def idle_message(topology: Topology) -> Iterator[Finding]:
    if any(_may_be_sent_by_others(component, topology) for component in topology.components.values()):
        return
    published = {one.settings.message for one in topology.connections if isinstance(one.settings, Publication)}
    for one in topology.connections:
        if isinstance(one.settings, Delivery) and one.source.word == "store":  # it tells of its items by this name
            published |= set(one.settings.messages or ())
    published |= {one.message for component in topology.components.values() for one in component.mentions}
    for message in topology.messages.values():
        if message.name not in published and not message.imported:
            text = f"nobody sends {message.name}, so nobody receives it"
            yield Finding(message.at(), text, "publish it, or remove it")


def _may_be_sent_by_others(channel: Component, topology: Topology) -> bool:
    """Whether it exists already, is there for other topologies, or is open to other accounts."""
    allowance = getattr(channel, "allowance", NO_ALLOWANCE)
    shared = channel.export and channel.word in READABLE
    return bool(shared or allowance.publish or (channel.existing and topology.outgoing(channel)))
