"""A fair queue gets messages that belong to no group.

## Why it matters

A fair queue holds back a group that has many messages waiting, so that others are not kept waiting by it. The group of a message is
its `key`. Messages without one belong to nobody: they are not held back, and the share that they take is not counted.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
messages:
  OrderPlaced: {schema: {type: object}}
queues:
  orders:
    fair: true
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  ship:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
messages:
  OrderPlaced: {schema: {type: object}, key: customer}
queues:
  orders:
    fair: true
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  ship:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SQS Developer Guide, Amazon SQS fair queues:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.hops.matching import by_rule, key_of
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("ORD012", "fair-queue-without-groups", Severity.WARNING)
def fair_queue_without_groups(topology: Topology) -> Iterator[Finding]:
    for queue in topology.of(Queue):
        for connection in topology.incoming(queue) if queue.fair else ():
            loose = [message.name for message in flow(topology).on[connection] if message.key is None]
            if by_rule(connection):
                loose = (
                    [] if key_of(connection, topology) else [message.name for message in flow(topology).on[connection]]
                )
            if not loose:
                continue
            yield Finding(
                queue.at("fair"),
                f"fair {queue} gets {' and '.join(loose)} from {connection.source} without a group: these take their share unseen",
                "write `key:` in the message, or `group_by:` where the queue reads a bus",
                ((connection.at(), "they come in here"),),
            )
