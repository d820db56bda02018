"""A step behind the pivot has a compensation, which never runs.

## Why it matters

Once the pivot has succeeded nothing is undone any more: later steps can only go forward. A compensation behind it is code that nobody
tests in earnest, and whoever relies on it is wrong.

## Bad

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  charge: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  refund: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  ship: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  recall: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
sagas:
  place-order:
    steps:
      - {do: charge, compensate: refund, pivot: true}
      - {do: ship, compensate: recall}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Good

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  charge: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  refund: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  ship: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
sagas:
  place-order:
    steps:
      - {do: charge, compensate: refund, pivot: true}
      - {do: ship}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Source

AWS Prescriptive Guidance, saga orchestration pattern:
https://docs.aws.amazon.com/prescriptive-guidance/latest/cloud-design-patterns/saga-orchestration.html
"""

from collections.abc import Iterator

from penstock.asl.steps import Compensation
from penstock.diagnostics import Severity
from penstock.kinds import Saga
from penstock.kinds.saga_paths import behind_pivot
from penstock.lint.rule import Finding, rule
from penstock.model.origin import Place
from penstock.model.topology import Topology


@rule("SAG024", "compensation-never-runs", Severity.WARNING)
def compensation_never_runs(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        for act in behind_pivot(saga.flow):
            if isinstance(act.compensation, Compensation):
                yield Finding(
                    Place(act.origin, ("compensate",)),
                    f"step {act.name!r} of {saga} stands behind the pivot, so its compensation never runs",
                    "remove the compensation, or move the pivot behind the step",
                )
