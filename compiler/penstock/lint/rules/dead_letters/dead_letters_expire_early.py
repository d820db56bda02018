"""A dead-letter queue keeps messages no longer than the queue they come from.

## Why it matters

A message that moves from a standard queue into its dead-letter queue keeps the time at which it was first sent, and retention is
counted from then. Where the dead-letter queue's retention is the same or shorter, a message that was given up late is deleted hours or
seconds later, before anybody has looked at it. AWS keeps messages for 4 d in both queues where nothing is said, so the default pair has
this fault; a dead-letter queue that the topology writes inline keeps them for 14 d.

On FIFO queues the clock starts again when the message is moved.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    retention: 7d
    dlq: {max_receives: 5, retention: 7d}
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
    retention: 7d
    dlq: {max_receives: 5, retention: 14d}
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
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.component import Redrive
from penstock.model.topology import Topology
from penstock.model.units import show_duration, write_duration


@rule("DLQ002", "dead-letters-expire-early", Severity.ERROR)
def dead_letters_expire_early(topology: Topology) -> Iterator[Finding]:
    most = resources.limit("sqs.max_retention")
    for dlq in topology.of(Queue):
        if dlq.fifo or dlq.retention is None:
            continue
        kept = {queue: queue.retention for queue in _sources(dlq, topology) if queue.retention is not None}
        sources = [queue for queue, retention in kept.items() if retention >= dlq.retention]
        if not sources:
            continue
        longest = max(sources, key=lambda queue: kept[queue])
        place = longest.at("retention") if dlq.retention == most else dlq.at("retention")
        default = "" if dlq.states("retention") else ", which is the default"
        yield Finding(
            place,
            f"a message has up to {show_duration(kept[longest])} to be given up by {longest}, but dead-letter {dlq} keeps it "
            f"for {show_duration(dlq.retention)} from when it was first sent{default}",
            _help(longest, dlq, most),
            tuple(
                (queue.at("retention"), f"{queue} keeps messages for {show_duration(kept[queue])}")
                for queue in sources
                if queue.at("retention") != place
            ),
        )


def _sources(dlq: Queue, topology: Topology) -> Iterator[Queue]:
    for queue in dict.fromkeys(topology.given_up_by(dlq)):
        if isinstance(queue, Queue) and isinstance(queue.redrive, Redrive) and not queue.fifo and queue is not dlq:
            yield from [queue] if queue.redrive.queue == dlq.name else ()


def _help(longest: Queue, dlq: Queue, most: int) -> str:
    longer = f"write `retention: {write_duration(most)}` for {dlq}"
    if (longest.retention or 0) < most:
        return longer
    shorter = f"write a shorter `retention` for {longest}: {show_duration(most)} is the most that SQS keeps"
    return shorter if dlq.retention == most else f"{longer}, and {shorter.removeprefix('write ')}"
