"""The steps of a saga may need longer than its deadline leaves.

## Why it matters

When the deadline passes the running step is cut off and everything is undone. A deadline that is shorter than what the steps may take,
each tried once, undoes sagas that would have succeeded, and most of them when a partner is slow: then all of them at the same time.

## Bad

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
    timeout: 1m
    steps:
      - {do: reserve, compensate: release, timeout: 40s}
      - {do: charge, compensate: refund, timeout: 40s}
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
    timeout: 5m
    steps:
      - {do: reserve, compensate: release, timeout: 40s}
      - {do: charge, compensate: refund, timeout: 40s}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Source

AWS Step Functions Developer Guide, handling errors in Step Functions workflows:
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from collections.abc import Iterator

from penstock.asl import machine
from penstock.asl.steps import acts
from penstock.diagnostics import Severity
from penstock.hops.machines import Addresses
from penstock.kinds import Saga
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("SAG001", "deadline-before-steps", Severity.WARNING)
def deadline_before_steps(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        flow = saga.flow
        endless = any(act.word == "wait_for" and act.timeout is None for act in acts(flow.steps))
        if flow.timeout is None or endless:
            continue
        needed = machine.slowest(flow, Addresses(topology))
        if needed > flow.timeout:
            yield Finding(
                saga.at("timeout"),
                f"the steps of {saga} may need {show_duration(needed)}, each tried once, but the deadline comes after "
                f"{show_duration(flow.timeout)}: then all is undone",
                "write a later deadline, or shorter timeouts of the steps",
            )
