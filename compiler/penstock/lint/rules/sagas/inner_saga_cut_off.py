"""A step cuts the saga off that it has started, which then undoes nothing.

## Why it matters

When a step that runs another saga times out, Step Functions stops the other execution where it stands. Its own deadline would have had it
undo what it did; a stopped execution undoes nothing.

## Bad

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  reserve: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  release: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
sagas:
  place-order:
    steps:
      - {saga: reserving, timeout: 1m}
  reserving:
    timeout: 1h
    steps:
      - {do: reserve, compensate: release}
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
sagas:
  place-order:
    steps:
      - {saga: reserving}
  reserving:
    timeout: 1h
    steps:
      - {do: reserve, compensate: release}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Source

AWS Step Functions Developer Guide, start workflow executions from a state machine in Step Functions:
https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
"""

from collections.abc import Iterator

from penstock.asl.steps import acts
from penstock.diagnostics import Severity
from penstock.hops.machines import Addresses
from penstock.kinds import Saga
from penstock.lint.rule import Finding, rule
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("SAG021", "inner-saga-cut-off", Severity.WARNING)
def inner_saga_cut_off(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        for act in acts(saga.flow.steps):
            if act.word != "saga" or act.timeout is None:
                continue
            lasts = Addresses(topology).lasts(act.target)
            if act.timeout < lasts:
                yield Finding(
                    Place(act.origin, ("timeout",)),
                    f"step {act.name!r} of {saga} stops {topology.components[act.target]} after {show_duration(act.timeout)}, "
                    f"which may need {show_duration(lasts)} to end or to undo what it did",
                    "leave the step's timeout out, and give the other saga a deadline of its own",
                )
