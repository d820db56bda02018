"""A severity is stated, but one receiver gets all alarms.

## Why it matters

A `severity` chooses among the receivers of `notify: {page: ..., ticket: ...}`. Where one receiver is told of everything, or nobody of
anything, it changes nothing: whoever wrote `ticket` to sleep through it is woken nevertheless.

## Bad

```yaml
alarms: {notify: "arn:aws:sns:eu-central-1:111122223333:alerts"}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}, alarms: {severity: ticket}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
alarms: {notify: {page: "arn:aws:sns:eu-central-1:111122223333:page", ticket: "arn:aws:sns:eu-central-1:111122223333:ticket"}}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}, alarms: {severity: ticket}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon CloudWatch User Guide, using Amazon CloudWatch alarms (actions):
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("OBS015", "severity-without-effect", Severity.WARNING)
def severity_without_effect(topology: Topology) -> Iterator[Finding]:
    if topology.alarms.by_severity:
        return
    stated = [component.at("alarms", "severity") for component in topology.components.values() if component.severities]
    if topology.alarms.severities:
        stated.insert(0, topology.at("alarms", "severity"))
    if not stated:
        return
    who = "one receiver gets all alarms" if topology.alarms.receivers else "nobody is told of any alarm"
    first, *others = stated
    yield Finding(
        first,
        f"this severity changes nothing: {who}",
        "write `alarms: {notify: {page: ..., ticket: ...}}`",
        tuple((place, "and this one") for place in others),
    )
