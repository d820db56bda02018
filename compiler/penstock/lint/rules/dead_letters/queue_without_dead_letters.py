"""A queue keeps handing out a message that always fails.

## Why it matters

A message that its consumer can never handle comes back after every visibility timeout until the queue's retention ends, 4 d where
nothing else is said. It uses up the consumer's capacity all that time, holds up its whole message group on a FIFO queue, and is then
deleted without a trace. With a dead-letter queue it is moved aside after a few receives, where an alarm sees it and somebody can look.

A queue that is a dead-letter queue itself needs none.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment: {}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
```

## Source

Amazon SQS Developer Guide, Using dead-letter queues:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.hops.receiving import receptions
from penstock.kinds import Queue
from penstock.kinds.queue import holds_dead_letters
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("DLQ001", "queue-without-dead-letters", Severity.ERROR)
def queue_without_dead_letters(topology: Topology) -> Iterator[Finding]:
    for queue in topology.of(Queue):
        if (
            queue.existing
            or queue.redrive is not None
            or holds_dead_letters(queue, topology)
            or not receptions(queue, topology)
        ):
            continue
        yield Finding(
            queue.at("dlq"),
            f"{queue} has no dead-letter queue: a message that always fails is received again and again for "
            f"{show_duration(queue.retention or 0)}, then deleted",
            "write `dlq: {max_receives: 5}`, or `dlq: {none: why}` if that loss is wanted",
            fix=None if _outlives_dead_letters(queue) else write(queue.at("dlq"), "{max_receives: 5}", safe=False),
        )


def _outlives_dead_letters(queue: Queue) -> bool:
    """Whether a dead-letter queue could not keep messages longer than the queue does, which is a fault of its own (DLQ002)."""
    return queue.fifo is None and queue.retention >= resources.limit("sqs.max_retention")
