"""Alarms have a severity of which nobody is told.

## Why it matters

With a receiver for each severity an alarm goes to that of its own. One that has no receiver changes colour in a console that nobody has
open. Where nothing is said an alarm has the severity `page`. Alarms of dead-letter queues are DLQ004's.

## Bad

```yaml
alarms:
  notify: {page: "arn:aws:sns:eu-central-1:111122223333:page"}
  severity: {queue_age: ticket}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
alarms:
  notify: {page: "arn:aws:sns:eu-central-1:111122223333:page", ticket: "arn:aws:sns:eu-central-1:111122223333:ticket"}
  severity: {queue_age: ticket}
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

Amazon CloudWatch User Guide, using Amazon CloudWatch alarms (actions):
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from penstock.diagnostics import Severity
from penstock.kinds import Queue
from penstock.kinds.alarms import SEVERITIES, severity, threshold
from penstock.kinds.queue import holds_dead_letters
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology

if TYPE_CHECKING:
    from penstock.model.component import Component

_SIGNALS: Mapping[str, tuple[str, ...]] = {
    "api": ("errors", "latency"),
    "bucket": ("undelivered",),
    "bus": ("undelivered",),
    "function": ("errors", "throttles", "latency", "undelivered", "iterator_age"),
    "outbox": ("errors", "throttles", "latency", "iterator_age", "outbox_lag"),
    "queue": ("queue_age",),
    "service": ("missing_tasks",),
    "stream": ("throttles",),
    "topic": ("undelivered",),
}


@rule("OBS014", "unheard-alarms", Severity.WARNING)
def unheard_alarms(topology: Topology) -> Iterator[Finding]:
    policy = topology.alarms
    if not policy.by_severity or len(policy.receivers) == len(SEVERITIES):
        return
    unheard = [
        pair for pair in _alarms(topology) if severity(pair[1], pair[0].severities, topology) not in policy.receivers
    ]
    if not unheard:
        return
    (component, signal), *others = unheard
    rest = f" and {len(others)} more" if others else ""
    missing = next(word for word in SEVERITIES if word not in policy.receivers)
    yield Finding(
        topology.at("alarms", "notify"),
        f"nobody is told of `{missing}` alarms: {signal} of {component}{rest}",
        f"name a receiver, `notify: {{{missing}: ...}}`, or give these alarms another severity",
        ((component.at("alarms"), f"its {signal} has the severity {missing}"),),
    )


def _alarms(topology: Topology) -> Iterator[tuple["Component", str]]:
    """Every component with a signal of which there is, or may be, an alarm."""
    for component in topology.components.values():
        if isinstance(component, Queue) and holds_dead_letters(component, topology):
            continue
        silent = component.arn_word == "bucket" and not topology.outgoing(component)
        for signal in () if silent else _SIGNALS.get(component.arn_word or component.word, ()):
            if threshold(signal, component.thresholds, topology).reason is None:
                yield component, signal
