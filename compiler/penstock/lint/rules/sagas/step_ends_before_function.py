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

from collections.abc import Iterator, Mapping

from penstock.asl.steps import Compensation, acts
from penstock.asl.written import Task
from penstock.diagnostics import Severity
from penstock.kinds import Function, Saga
from penstock.lint.rule import Finding, rule
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("SAG025", "step-ends-before-function", Severity.WARNING)
def step_ends_before_function(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        for name, timeout, place, what in _timed(saga):
            function = topology.components[name]
            if isinstance(function, Function) and timeout and function.timeout and timeout < function.timeout:
                yield Finding(
                    place,
                    f"{what} of {saga} is given up after {show_duration(timeout)}, but {function} may work on it for "
                    f"{show_duration(function.timeout)}",
                    "give the step more time than the function, or the function less",
                    ((function.at("timeout"), "it may work as long as this"),),
                )


def _timed(saga: Saga) -> Iterator[tuple[str, int | None, Place, str]]:
    """What is called, for how long it is waited for, the place that says so, and by what it is called."""
    for act in acts(saga.flow.steps):
        if act.word == "do":
            yield act.target, act.timeout, Place(act.origin, ("timeout",)), f"step {act.name!r}"
        if isinstance(act.compensation, Compensation):
            undo, place = act.compensation, Place(act.origin, ("compensate", "timeout"))
            yield undo.function, undo.timeout, place, f"the compensation of step {act.name!r}"
    for task in saga.written.tasks if saga.written else ():
        timeout = task.data.get("TimeoutSeconds")
        if isinstance(timeout, int) and task.action in {"", "lambda:invoke"} and _is_awaited(task):
            for address in task.calls:
                yield address.name, timeout, task.at("TimeoutSeconds"), f"state {task.name!r}"


def _is_awaited(task: Task) -> bool:
    """Whether a task ends when its function does."""
    several = (task.data.get(key) for key in ("Parameters", "Arguments"))
    kinds = [one.get("InvocationType", _AWAITED) for one in several if isinstance(one, Mapping)]
    return not task.waits_for_callback and all(kind == _AWAITED for kind in kinds)


_AWAITED = "RequestResponse"
