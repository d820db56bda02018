"""Messages end in a dead-letter queue, and nobody is told.

## Why it matters

A dead-letter queue only helps if somebody looks before its retention ends and deletes the message. The compiler makes an alarm on the
depth of every dead-letter queue, but an alarm without a receiver changes colour in a console that nobody has open. Where `notify` has a
receiver for each severity, the alarm needs one for its own.

A dead-letter queue that a function empties needs no alarm, and neither does one whose alarm is switched off with a reason.

## Bad

```yaml
alarms: {queue_age: 5m}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
```

## Good

```yaml
alarms: {queue_age: 5m, notify: "arn:aws:sns:eu-central-1:111122223333:alerts"}
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

Amazon SNS Developer Guide, Amazon SNS dead-letter queues (how they are monitored):
https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.receiving import receptions
from penstock.kinds import Queue
from penstock.kinds.alarms import DLQ_DEPTH, severity, threshold
from penstock.kinds.queue import holds_dead_letters
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("DLQ004", "unheard-dead-letters", Severity.ERROR)
def unheard_dead_letters(topology: Topology) -> Iterator[Finding]:
    unheard = [queue for queue in topology.of(Queue) if _is_unheard(queue, topology)]
    if not unheard:
        return
    first, *others = unheard
    rest = f" and of {len(others)} more" if others else ""
    yield Finding(
        topology.at("alarms", "notify") if topology.origin.states(("alarms",)) else topology.at("name"),
        f"nobody is told when dead letters arrive: the alarm of {first}{rest} has no receiver",
        _help(topology),
        tuple((queue.at(), "messages end here") for queue in unheard),
    )


def _help(topology: Topology) -> str:
    if topology.alarms.by_severity:
        return "name a receiver for that severity under `notify`, or give these queues another severity"
    return (
        "write `alarms: {notify: alerts}` with a topic of this topology, the ARN of a topic that exists, or an address"
    )


def _is_unheard(queue: Queue, topology: Topology) -> bool:
    if queue.existing or not holds_dead_letters(queue, topology) or receptions(queue, topology):
        return False
    if severity(DLQ_DEPTH.name, queue.severities, topology) in topology.alarms.receivers:
        return False
    return threshold(DLQ_DEPTH.name, queue.thresholds, topology).reason is None
