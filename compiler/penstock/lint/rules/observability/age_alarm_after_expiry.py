"""The alarm on the age of messages comes when they are gone.

## Why it matters

A queue deletes a message when its retention ends. An alarm that waits for a message that is older than that never comes, and what it
should have told of is lost by then.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}, retention: 1h, alarms: {queue_age: 1h}}
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
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}, retention: 1h, alarms: {queue_age: 5m}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SQS Developer Guide, available CloudWatch metrics (ApproximateAgeOfOldestMessage):
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Queue
from penstock.kinds.alarms import QUEUE_AGE, threshold
from penstock.kinds.queue import holds_dead_letters
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("OBS017", "age-alarm-after-expiry", Severity.WARNING)
def age_alarm_after_expiry(topology: Topology) -> Iterator[Finding]:
    for queue in topology.of(Queue):
        limit = threshold(QUEUE_AGE.name, queue.thresholds, topology)
        if limit.reason is not None or queue.retention is None or limit.value < queue.retention:
            continue
        if holds_dead_letters(queue, topology):
            continue
        own = QUEUE_AGE.name in queue.thresholds
        yield Finding(
            queue.at("alarms", "queue_age") if own else queue.at("retention"),
            f"the alarm of {queue} waits for a message that is older than {show_duration(limit.value)}, but the queue "
            f"deletes it after {show_duration(queue.retention)}",
            "let the alarm come earlier, or keep messages longer",
        )
