"""A function reads a FIFO topic directly.

## Why it matters

A FIFO topic delivers to queues alone: SNS refuses the subscription of a function, and the deployment fails. A FIFO queue in between keeps
the order of each message group up to the function, and holds the messages while the function is away.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {fifo: {deduplication: content}}
consumers:
  book:
    from: orders
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
from penstock.kinds import Function, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("ORD006", "function-behind-fifo-topic", Severity.ERROR)
def function_behind_fifo_topic(topology: Topology) -> Iterator[Finding]:
    for connection in topology.between(Topic, Function):
        topic = connection.source
        if not isinstance(topic, Topic) or topic.fifo is None:
            continue
        yield Finding(
            connection.at("source"),
            f"{connection.target} reads FIFO {topic}, which delivers to queues alone: SNS refuses the subscription, and the "
            "deployment fails",
            f"put a FIFO queue in between that reads {topic}, and let {connection.target} read that",
            ((topic.at("fifo"), f"{topic} is FIFO"),),
        )
