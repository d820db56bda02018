"""A queue delays its messages until they are deleted.

## Why it matters

The retention of a message begins when it is sent, and so does its delay. If the delay is as long as the retention or longer, the message is
deleted before anybody may receive it. Nothing fails, and nothing reaches the dead-letter queue, because nothing was ever received.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: reminders}}
queues:
  reminders: {delay: 10m, retention: 5m, visibility_timeout: 18s, alarms: {queue_age: 2m}, dlq: {max_receives: 5}}
consumers:
  remind:
    from: {source: reminders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: reminders}}
queues:
  reminders: {delay: 10m, retention: 4d, visibility_timeout: 18s, dlq: {max_receives: 5}}
consumers:
  remind:
    from: {source: reminders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
```

## Source

Amazon SQS API Reference, SetQueueAttributes (DelaySeconds and MessageRetentionPeriod):
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("VIS012", "delayed-until-deleted", Severity.ERROR)
def delayed_until_deleted(topology: Topology) -> Iterator[Finding]:
    for queue in topology.of(Queue):
        if queue.retention is None or not queue.delay or queue.delay < queue.retention:
            continue
        kept = show_duration(queue.retention)
        yield Finding(
            queue.at("delay"),
            f"{queue} shows a message {show_duration(queue.delay)} after it was sent, but deletes it after {kept}: nobody ever gets one",
            "write a `retention` that leaves time for the work, or a shorter `delay`",
            ((queue.at("retention"), f"kept for {kept}"),),
        )
