"""A compensation is given up before the step that it undoes would be.

## Why it matters

A step that fails for good is undone; a compensation that fails for good is somebody's work by hand. So a compensation is to outlast what
made it necessary, an outage of a partner for example, and is tried longer than a step and never less often.

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
      - {do: reserve, compensate: {do: release, retry: {max_retries: 1}}}
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
      - {do: reserve, compensate: {do: release, retry: {max_retries: 10}}}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Source

AWS Step Functions Developer Guide, handling errors in Step Functions workflows:
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from collections.abc import Iterator

from penstock.asl.steps import compensated
from penstock.diagnostics import Severity
from penstock.kinds import Saga
from penstock.lint.rule import Finding, rule
from penstock.model.origin import Place
from penstock.model.topology import Topology


@rule("SAG006", "compensation-given-up-early", Severity.WARNING)
def compensation_given_up_early(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        for act, undo in compensated(saga.flow.steps):
            if undo.retry.max_retries >= act.retry.max_retries:
                continue
            inside = act.origin.states(("compensate", "retry"))
            place = Place(act.origin, ("compensate", "retry")) if inside else saga.at("compensation", "retry")
            yield Finding(
                place,
                f"what undoes step {act.name!r} of {saga} is tried {undo.retry.max_retries + 1} times, and the step itself "
                f"{act.retry.max_retries + 1} times",
                "try a compensation longer than the step: `retry: {max_retries: 10, interval: 5s, max_delay: 5m}`",
            )
