"""An alarm is switched off, and nobody is named who looks instead.

## Why it matters

An alarm that is `off` has a reason, and the reason mostly is that somebody looks, or that somebody has decided that nobody needs to.
Years later the question is who. A topology with an `owner` answers it.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}, alarms: {queue_age: {off: read once a day}}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
owner: team-orders
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}, alarms: {queue_age: {off: read once a day}}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

AWS Well-Architected Framework, Operational Excellence Pillar, OPS02-BP01, resources have identified owners:
https://docs.aws.amazon.com/wellarchitected/latest/operational-excellence-pillar/ops_ops_model_def_resource_owners.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("OBS016", "switched-off-without-owner", Severity.WARNING)
def switched_off_without_owner(topology: Topology) -> Iterator[Finding]:
    if topology.owner:
        return
    for component in topology.components.values():
        for signal, limit in component.thresholds.items():
            if limit.reason is not None:
                yield Finding(
                    component.at("alarms", signal),
                    f"{component} has no alarm on {signal}, and the topology has no owner who would look instead",
                    "write `owner: team-...` at the top of the topology",
                )
