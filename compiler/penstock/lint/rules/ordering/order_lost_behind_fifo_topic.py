"""A standard queue gives up the order that a FIFO topic has kept.

## Why it matters

A FIFO topic keeps the messages of one key in order and holds back copies, but only into FIFO queues. Into a standard
queue it delivers in best effort order and at least once: the change of an order may be handled before the order
itself.

A consumer for which each message stands alone loses nothing by this: accept the finding with a comment that says so.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {fifo: {deduplication: content}}
queues:
  ledger:
    from: {source: orders, dlq: {none: the shop sends all orders again every night}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  book:
    from: {source: ledger, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {fifo: {deduplication: content}}
queues:
  ledger:
    fifo: {deduplication: content}
    from: {source: orders, dlq: {none: the shop sends all orders again every night}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  book:
    from: {source: ledger, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SNS Developer Guide, message delivery for FIFO topics:
https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.kinds import Queue, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.origin import Place
from penstock.model.topology import Topology


@rule("ORD002", "order-lost-behind-fifo-topic", Severity.WARNING)
def order_lost_behind_fifo_topic(topology: Topology) -> Iterator[Finding]:
    for topic in topology.of(Topic):
        if topic.fifo is None:
            continue
        for connection in topology.outgoing(topic):
            queue = connection.target
            ordered = [message for message in flow(topology).on[connection] if message.key]
            if not isinstance(queue, Queue) or queue.fifo is not None or not ordered:
                continue
            first = ordered[0]
            yield Finding(
                connection.at("source"),
                f"FIFO {topic} keeps {first.name} in order by {first.key!r}, but {queue} is a standard queue: order "
                "and deduplication end there",
                f"write `fifo: {{deduplication: content}}` for {queue}, or accept the finding with a comment that says "
                "why the order does not matter",
                ((Place(first.origin, ("key",)), "this key promises an order"),),
            )
