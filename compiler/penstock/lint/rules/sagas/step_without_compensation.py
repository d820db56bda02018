"""A step acts, and nothing undoes it when the saga fails.

## Why it matters

A saga promises that its steps succeed together or are undone. When a later step fails, or this one does after it has acted, its effect
stays: goods stay reserved, and a booking that nobody wants is paid. Only what stands behind the pivot is never undone.

## Bad

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  reserve: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  charge: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  refund: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
sagas:
  place-order:
    steps:
      - {do: reserve}
      - {do: charge, compensate: refund}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Good

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  reserve: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  release: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  charge: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  refund: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
sagas:
  place-order:
    steps:
      - {do: reserve, compensate: release}
      - {do: charge, compensate: refund}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Source

AWS Prescriptive Guidance, saga orchestration pattern:
https://docs.aws.amazon.com/prescriptive-guidance/latest/cloud-design-patterns/saga-orchestration.html
"""

from collections.abc import Iterator

from penstock.asl.steps import acts
from penstock.diagnostics import Severity
from penstock.kinds import Function, Saga
from penstock.kinds.saga_paths import behind_pivot
from penstock.lint.rule import Finding, rule
from penstock.model.origin import Place
from penstock.model.topology import Topology


@rule("SAG002", "step-without-compensation", Severity.WARNING)
def step_without_compensation(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        settled = behind_pivot(saga.flow)
        for act in acts(saga.flow.steps):
            function = topology.components[act.target] if act.word == "do" else None
            if act.compensation is None and isinstance(function, Function) and function.effects and act not in settled:
                yield Finding(
                    Place(act.origin, ("compensate",)),
                    f"step {act.name!r} of {saga} acts on {' and '.join(function.effects)}, and nothing undoes that when the saga fails",
                    "name a function that does: `compensate: ...`, or say why nothing has to: `compensate: {none: reason}`",
                    ((function.at("effects"), "it acts here"),),
                )
