"""A queue deletes a failing message before it may go to the dead-letter queue.

## Why it matters

A message that fails is received once per visibility timeout, and for the first time after the queue's delay. If that takes as long as the
queue's retention or longer, retention ends first: the message is deleted while it still waits for another try, and the dead-letter queue
stays empty.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    visibility_timeout: 2h
    retention: 1d
    dlq: {max_receives: 12}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
    timeout: 15m
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    visibility_timeout: 2h
    retention: 4d
    dlq: {max_receives: 12}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
    timeout: 15m
```

## Source

Amazon SQS Developer Guide, Amazon SQS message quotas, and Using dead-letter queues:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.component import Redrive
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("DLQ006", "retention-ends-before-redrive", Severity.ERROR)
def retention_ends_before_redrive(topology: Topology) -> Iterator[Finding]:
    for queue in topology.of(Queue):
        redrive = queue.redrive
        if not isinstance(redrive, Redrive) or redrive.max_receives is None:
            continue
        if queue.visibility_timeout is None or queue.retention is None:
            continue
        needed = queue.delay + redrive.max_receives * queue.visibility_timeout
        if needed < queue.retention or queue.delay >= queue.retention:
            continue  # or it is never received: VIS012
        visibility, retention = show_duration(queue.visibility_timeout), show_duration(queue.retention)
        yield Finding(
            Place(redrive.origin, ("max_receives",)),
            f"{queue} deletes a failing message after {retention}, before its dead-letter queue gets it: "
            f"{redrive.max_receives} receives, {visibility} apart, take {show_duration(needed)}{_delayed(queue)}",
            "write fewer `max_receives`, a shorter `visibility_timeout` or a longer `retention`",
            (
                (queue.at("retention"), f"kept for {retention}"),
                (queue.at("visibility_timeout"), f"hidden for {visibility} by every receive"),
            ),
        )


def _delayed(queue: Queue) -> str:
    return f" with the delay of {show_duration(queue.delay)} before the first" if queue.delay else ""
