"""A dead-letter queue forgets messages before people have looked at them.

## Why it matters

What lies in a dead-letter queue waits for somebody to read the alarm, find the cause and send it again. With less than 3 d of retention a
message that is given up on Friday evening is deleted before Monday, and with it the only copy. That holds for the queue of a delivery,
of a schedule or of a function's failed invocations just as for that of a queue.

A queue that something reads is another matter: its reader is there at night, too.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  fulfilment:
    from:
      source: orders
      dlq: {retention: 1d}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  fulfilment:
    from:
      source: orders
      dlq: {retention: 14d}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SQS Developer Guide, Using dead-letter queues:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.kinds import Queue
from penstock.kinds.queue import gives_up_to, holds_dead_letters
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology
from penstock.model.units import show_duration, write_duration

_WEEKEND = 3 * 86_400
"""From Friday evening to Monday evening, in seconds."""


@rule("DLQ021", "dead-letters-soon-gone", Severity.WARNING)
def dead_letters_soon_gone(topology: Topology) -> Iterator[Finding]:
    most = write_duration(resources.limit("sqs.max_retention"))
    for queue in topology.of(Queue):
        if queue.retention is None or queue.retention >= _WEEKEND or topology.outgoing(queue):
            continue
        if queue.existing or not holds_dead_letters(queue, topology) or _expires_at_once(queue, topology):
            continue
        yield Finding(
            queue.at("retention"),
            f"dead-letter {queue} deletes a given-up message after {show_duration(queue.retention)}: what comes on a Friday evening "
            "is gone before anybody looks on Monday",
            f"write `retention: {most}`",
            fix=write(queue.at("retention"), most),
        )


def _expires_at_once(dlq: Queue, topology: Topology) -> bool:
    """Whether a source keeps messages as long itself, which is a fault of its own (DLQ002)."""
    givers = (giver for giver in topology.given_up_by(dlq) if isinstance(giver, Queue) and not dlq.fifo)
    return any(gives_up_to(giver, dlq) and (giver.retention or 0) >= (dlq.retention or 0) for giver in givers)
