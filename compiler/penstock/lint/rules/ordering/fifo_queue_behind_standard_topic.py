"""A FIFO queue is to be subscribed to a standard topic.

## Why it matters

SNS refuses the subscription: only a FIFO topic delivers to a FIFO queue. The stack is rolled back, and until somebody
decides which of the two gives way, nothing is delivered. It would not help to have it: a standard topic has already
lost the order that the queue is meant to keep.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
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
from penstock.kinds import Queue, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("ORD001", "fifo-queue-behind-standard-topic", Severity.ERROR)
def fifo_queue_behind_standard_topic(topology: Topology) -> Iterator[Finding]:
    for topic in topology.of(Topic):
        if topic.fifo is not None:
            continue
        for connection in topology.outgoing(topic):
            queue = connection.target
            if not isinstance(queue, Queue) or queue.fifo is None:
                continue
            yield Finding(
                connection.at("source"),
                f"FIFO {queue} reads standard {topic}: SNS refuses the subscription, and the deployment fails",
                f"make {topic} FIFO too (`fifo: {{deduplication: content}}`), or take `fifo` from {queue}",
                ((queue.at("fifo"), f"{queue} is FIFO"), (topic.at(), f"{topic} is not")),
            )
