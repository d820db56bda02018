"""A message that always fails is tried very often before it is given up.

## Why it matters

A message that no consumer can handle fails at the hundredth receive as at the first. Until it is given up it takes a place in batch after
batch, and its failures hide those of others. On a standard queue the age alarm does not tell of it: SQS leaves a message that was received
three times out of the age of the oldest one. On a FIFO queue all that follows it in its group waits. (What a generated handler cannot read
does not wait for that: it goes to the dead letters at once.)

What failed for a passing reason is better tried over minutes than a hundred times: after that a redrive brings it back. AWS advises at
least 5 receives for functions; SQS itself counts to 10 where nothing is said.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    visibility_timeout: 3m
    dlq: {max_receives: 100}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SQS Developer Guide, Using dead-letter queues, and available CloudWatch metrics (ApproximateAgeOfOldestMessage):
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.hops.nesting import worst_nestings
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule, write
from penstock.model.component import Redrive
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.model.units import show_duration

_OFTEN = 20
"""Twice what SQS counts to by itself."""
_HOUR = 3_600


@rule("DLQ022", "poison-tried-for-hours", Severity.WARNING)
def poison_tried_for_hours(topology: Topology) -> Iterator[Finding]:
    for queue in topology.of(Queue):
        redrive = queue.redrive
        receives = (isinstance(redrive, Redrive) and redrive.max_receives) or 0
        span = receives * (queue.visibility_timeout or 0)
        if not isinstance(redrive, Redrive) or receives <= _OFTEN or span <= _HOUR or not topology.outgoing(queue):
            continue
        if queue.retention is not None and span >= queue.retention:
            continue  # it is never given up: DLQ006
        if any(nesting.steps[0][0].source is queue for nesting in worst_nestings(topology)):
            continue  # it is tried more often still: RTY001
        waiting = ", while all that follows it in its group waits" if queue.fifo else ""
        place = Place(redrive.origin, ("max_receives",))
        least = resources.limit("lambda.sqs_min_receives")
        yield Finding(
            place,
            f"{queue} hands out a message that always fails {receives} times, every {show_duration(queue.visibility_timeout or 0)}: "
            f"it goes to the dead-letter queue after {show_duration(span)}{waiting}",
            f"write `max_receives: {least}` or a few more, and redrive what failed for a passing reason",
            fix=write(place, str(least), safe=False),
        )
