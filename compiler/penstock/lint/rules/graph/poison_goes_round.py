"""A message that always fails is sent back from its dead-letter queue, again and again.

## Why it matters

A dead-letter queue is where a message that cannot be handled comes to rest. If a function or a pipe takes it from there and sends it
back to where it failed, it is a new message for SQS: its receives are counted from one again, it fails again, and it is given up again.
Nothing ends that but the code of whoever sends it back. Each round costs as many attempts as the queue allows, and the alarm on the
dead-letter queue stays quiet, because nothing stays in it.

Sending back by hand needs no component: `redrive_from` documents it and gives the permission for it.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {queue: orders-failed, max_receives: 5}}
  orders-failed: {role: dead-letters, visibility_timeout: 3m, retention: 14d}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
  try-again:
    from: {source: orders-failed, batch: {size: 10, partial_failures: true}, max_concurrency: 2}
    timeout: 30s
    publishes: {message: OrderPlaced, to: orders}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {queue: orders-failed, max_receives: 5}, redrive_from: orders-failed}
  orders-failed: {role: dead-letters, visibility_timeout: 3m, retention: 14d}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SQS Developer Guide, using dead-letter queues, and configuring a dead-letter queue redrive:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.cycles import fed_back
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("GRF012", "poison-goes-round", Severity.WARNING)
def poison_goes_round(topology: Topology) -> Iterator[Finding]:
    for loop in fed_back(topology):
        yield Finding(
            loop.place,
            f"a message that always fails goes round for ever, and each round counts its attempts from one: {loop.way}",
            "leave it where it was given up, and send it back by hand (`redrive_from`) when the fault is mended",
        )
