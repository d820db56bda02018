"""A saga gives a step up while its function may still be at work.

## Why it matters

Step Functions does not end a function: when a step times out the invocation goes on. It is then tried again, or undone, while the first
attempt still works; what that does afterwards nobody undoes.

## Bad

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  reserve: {timeout: 1m, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  release: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
sagas:
  place-order:
    steps:
      - {do: reserve, compensate: release, timeout: 20s}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Good

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  reserve: {timeout: 15s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  release: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
sagas:
  place-order:
    steps:
      - {do: reserve, compensate: release, timeout: 20s}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Source

AWS Step Functions Developer Guide, task workflow state; AWS Lambda Developer Guide, configure Lambda function timeout:
https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
"""

from collections.abc import Iterator

from penstock.asl.steps import Act, Compensation, acts
from penstock.diagnostics import Severity
from penstock.kinds import Function, Saga
from penstock.lint.rule import Finding, rule
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("SAG025", "step-ends-before-function", Severity.WARNING)
def step_ends_before_function(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        for act in acts(saga.flow.steps):
            for name, timeout, path, what in _timed(act):
                function = topology.components[name]
                if isinstance(function, Function) and timeout and function.timeout and timeout < function.timeout:
                    yield Finding(
                        Place(act.origin, path),
                        f"{what} of {saga} is given up after {show_duration(timeout)}, but {function} may work on it for "
                        f"{show_duration(function.timeout)}",
                        "give the step more time than the function, or the function less",
                        ((function.at("timeout"), "it may work as long as this"),),
                    )


def _timed(act: Act) -> Iterator[tuple[str, int | None, tuple[str, ...], str]]:
    if act.word == "do":
        yield act.target, act.timeout, ("timeout",), f"step {act.name!r}"
    if isinstance(act.compensation, Compensation):
        undo = act.compensation
        yield undo.function, undo.timeout, ("compensate", "timeout"), f"the compensation of step {act.name!r}"
