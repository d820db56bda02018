"""A message that failed is hidden for hours, though its work takes seconds.

## Why it matters

A message that was received is hidden for the queue's visibility timeout, whatever becomes of the work: a function that fails in the first
second, or is throttled, does not end it. With hours of it a fault that is over in a moment costs each of its messages hours, on a FIFO
queue together with all that follow in the group, and an alarm on the age of the oldest message tells of a queue that is sound. AWS
advises six times the function's timeout.

Where the long wait is meant, as with a partner that is away for hours, accept this advice with a comment that says so.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 6h, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
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

Amazon SQS Developer Guide, visibility timeout, and AWS Lambda Developer Guide, creating an Amazon SQS event source mapping:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from collections.abc import Iterator
from math import ceil

from penstock.diagnostics import Severity
from penstock.hops.queue_function import advised_visibility, polls
from penstock.hops.receiving import receptions
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule, write
from penstock.model.component import Redrive
from penstock.model.topology import Topology
from penstock.model.units import show_duration, write_duration

_LONG = 3_600
_TIMES = 10
"""So often what AWS advises is no longer a reserve."""


@rule("VIS018", "hidden-for-hours", Severity.INFO)
def hidden_for_hours(topology: Topology) -> Iterator[Finding]:
    for queue in topology.of(Queue):
        hidden, readers = queue.visibility_timeout, polls(queue, topology)
        if queue.existing or hidden is None or hidden <= _LONG or len(readers) != len(receptions(queue, topology)):
            continue
        needed = max((advised_visibility(poll) for poll in readers if poll.function.timeout is not None), default=0)
        if not needed or hidden < _TIMES * needed or _is_deleted_before(queue, hidden):
            continue
        waiting = ", with all that follows it in its group" if queue.fifo else ""
        place, enough = queue.at("visibility_timeout"), write_duration(ceil(needed / 60) * 60)
        yield Finding(
            place,
            f"a message that fails once stays hidden in {queue} for {show_duration(hidden)}{waiting}, but {readers[0].function} has "
            f"{show_duration(readers[0].function.timeout or 0)} for its work",
            f"write `visibility_timeout: {enough}`",
            ((readers[0].function.at("timeout"), "the work takes no longer"),),
            write(place, enough, safe=False),
        )


def _is_deleted_before(queue: Queue, hidden: int) -> bool:
    """Whether retention ends before the last receive: DLQ006."""
    receives = queue.redrive.max_receives if isinstance(queue.redrive, Redrive) else None
    return bool(receives and queue.retention and receives * hidden >= queue.retention)
