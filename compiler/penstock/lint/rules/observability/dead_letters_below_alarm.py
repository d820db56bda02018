"""Some dead letters may lie there until they are deleted before anybody is told.

## Why it matters

The alarm on a dead-letter queue comes when as many messages lie in it as it waits for. With a threshold above one, the messages below it
raise nothing: if no more come, the queue deletes them when its retention ends, and nobody has learned that they failed. A queue of which
few dead letters are normal is better served by a consumer that sorts them.

## Bad

```yaml
alarms: {notify: "arn:aws:sns:eu-central-1:111122223333:alerts"}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {queue: failed, max_receives: 5}}
  failed: {role: dead-letters, retention: 14d, alarms: {dlq_depth: 100}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
alarms: {notify: "arn:aws:sns:eu-central-1:111122223333:alerts"}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {queue: failed, max_receives: 5}}
  failed: {role: dead-letters, retention: 14d, alarms: {dlq_depth: 1}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SQS Developer Guide, creating alarms for dead-letter queues (ApproximateNumberOfMessagesVisible):
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/dead-letter-queues-alarms-cloudwatch.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.receiving import receptions
from penstock.kinds import Queue
from penstock.kinds.alarms import DLQ_DEPTH, severity, threshold
from penstock.kinds.queue import holds_dead_letters
from penstock.lint.rule import Finding, rule, write
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("OBS024", "dead-letters-below-alarm", Severity.INFO)
def dead_letters_below_alarm(topology: Topology) -> Iterator[Finding]:
    general: list[Queue] = []
    for queue in topology.of(Queue):
        limit = threshold(DLQ_DEPTH.name, queue.thresholds, topology)
        if queue.existing or limit.reason is not None or limit.value <= 1 or not holds_dead_letters(queue, topology):
            continue
        if receptions(queue, topology) or not _somebody_is_told(queue, topology):
            continue
        if DLQ_DEPTH.name not in queue.thresholds:
            general.append(queue)
            continue
        yield _finding(queue, limit.value, queue.at("alarms", DLQ_DEPTH.name))
    if general:
        first = general[0]
        value = threshold(DLQ_DEPTH.name, first.thresholds, topology).value
        yield _finding(first, value, topology.at("alarms", DLQ_DEPTH.name))


def _somebody_is_told(queue: Queue, topology: Topology) -> bool:
    """Where nobody is, the threshold is no matter: DLQ004."""
    return severity(DLQ_DEPTH.name, queue.severities, topology) in topology.alarms.receivers


def _finding(queue: Queue, value: int, place: Place) -> Finding:
    end = show_duration(queue.retention) if queue.retention else "its retention"
    return Finding(
        place,
        f"{queue} may hold {value - 1} messages without an alarm, and deletes them after {end}: nobody learns that they failed",
        "let the first dead letter raise the alarm, or let a consumer sort them",
        (),
        write(place, "1", safe=False),
    )
