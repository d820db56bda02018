"""Dead letters go back to the function that has failed on them.

## Why it matters

A message lies in a dead-letter queue because its function failed on it as often as it may. If the same function reads that queue too, it
fails again, and now nothing counts: a dead-letter queue has none of its own, so the message is received again and again until its retention
ends, and then it is deleted. The alarm on the queue's depth stays on, or flickers, and the copy that was to be kept for somebody to look at
is used up.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {queue: orders-failed, max_receives: 5}}
  orders-failed: {role: dead-letters, visibility_timeout: 3m, retention: 14d}
consumers:
  fulfil:
    from:
      - {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
      - {source: orders-failed, batch: {size: 10, partial_failures: true}, max_concurrency: 2}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {queue: orders-failed, max_receives: 5}, redrive_from: orders-failed}
  orders-failed: {role: dead-letters, retention: 14d}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SQS Developer Guide, using dead-letter queues in Amazon SQS:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.receiving import receptions
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("RTY022", "dead-letters-to-who-failed", Severity.WARNING)
def dead_letters_to_who_failed(topology: Topology) -> Iterator[Finding]:
    for queue in topology.of(Queue):
        dlq = topology.dead_letter_queue(queue.redrive)
        if not isinstance(dlq, Queue):
            continue
        failed = {connection.target for connection in receptions(queue, topology)}
        end = f"for {show_duration(dlq.retention)}" if dlq.retention else "until they expire"
        for connection in receptions(dlq, topology):
            if connection.target in failed:
                yield Finding(
                    connection.at("source"),
                    f"{connection.target} gets the messages of {queue} on which it has failed once more, from {dlq}: it fails on them "
                    f"again and again {end}, and then they are deleted",
                    "leave dead letters where they are until the fault is mended, then move them back (`redrive_from`)",
                    ((queue.at("dlq"), f"{queue} gives them up here"),),
                )
