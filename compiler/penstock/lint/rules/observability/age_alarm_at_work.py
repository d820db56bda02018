"""An alarm on the age of messages comes while they are being worked on.

## Why it matters

A message has an age until it is deleted, also while a consumer has it. Where the consumer may work on it for longer than the alarm waits,
sound work raises the alarm. Whoever is woken by that a few times no longer looks when it is meant.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    visibility_timeout: 1h
    dlq: {max_receives: 5}
    alarms: {queue_age: 5m}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 10m
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    visibility_timeout: 1h
    dlq: {max_receives: 5}
    alarms: {queue_age: 15m}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 10m
```

## Source

Amazon SQS Developer Guide, available CloudWatch metrics (ApproximateAgeOfOldestMessage, the oldest message that is not yet processed):
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Function, Queue
from penstock.kinds.alarms import QUEUE_AGE, threshold
from penstock.kinds.queue import holds_dead_letters
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.model.units import show_duration

_MINUTE = 60


@rule("OBS023", "age-alarm-at-work", Severity.WARNING)
def age_alarm_at_work(topology: Topology) -> Iterator[Finding]:
    for queue in topology.of(Queue):
        own = QUEUE_AGE.name in queue.thresholds
        limit = threshold(QUEUE_AGE.name, queue.thresholds, topology)
        if limit.reason is not None or (queue.existing and not own) or holds_dead_letters(queue, topology):
            continue
        slowest = max(topology.outgoing(queue), key=_work, default=None)
        if slowest is None or _work(slowest) <= limit.value + QUEUE_AGE.minutes * _MINUTE:
            continue
        key = "processing_timeout" if slowest.target.word == "service" else "timeout"
        place = slowest.target.at(key)
        yield Finding(
            queue.at("alarms", QUEUE_AGE.name) if own else place,
            f"the alarm of {queue} comes when a message is older than {show_duration(limit.value)} for {QUEUE_AGE.minutes} minutes, but "
            f"{slowest.target} may work on it for {show_duration(_work(slowest))}: sound work raises the alarm",
            "let the alarm come later, or the work be shorter",
            ((place, "how long the work may take"),) if own else (),
        )


def _work(connection: Connection) -> int:
    """How long a reader may work on a message, in seconds."""
    reader = connection.target
    if isinstance(reader, Function):
        return (reader.timeout or 0) if connection.delivery.enabled else 0
    if reader.word != "service":
        return 0
    from penstock.kinds import Service  # few topologies have one

    return reader.work.timeout if isinstance(reader, Service) else 0
