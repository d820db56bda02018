"""An express workflow may take a step twice that is not idempotent.

## Why it matters

Step Functions runs an express workflow at least once: an execution may be run again from its start, with every step. Each step gets the
same idempotency key as before, but a function without a strategy ignores it, and acts a second time.

## Bad

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  count: {timeout: 5s, effects: [the count], idempotency: {none: counts are approximate}}
  uncount: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
sagas:
  place-order:
    workflow: express
    steps:
      - {do: count, compensate: uncount}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Good

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  count: {timeout: 5s, effects: [the count], idempotency: {none: counts are approximate}}
  uncount: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
sagas:
  place-order:
    workflow: standard
    steps:
      - {do: count, compensate: uncount}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Source

AWS Step Functions Developer Guide, choosing workflow type in Step Functions:
https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
"""

from collections.abc import Iterator

from penstock.asl.steps import acts
from penstock.diagnostics import Severity
from penstock.kinds import Function, Saga
from penstock.kinds.workload import Idempotency
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("SAG012", "express-step-repeated", Severity.ERROR)
def express_step_repeated(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        if not saga.flow.express:
            continue
        for name, target in _called(saga):
            function = topology.components[target]
            safe = (
                not isinstance(function, Function)
                or not function.effects
                or isinstance(function.idempotency, Idempotency)
            )
            if not safe:
                yield Finding(
                    saga.at("workflow"),
                    f"{saga} is an express workflow, which may run twice, and its step {name!r} is not idempotent",
                    "use `workflow: standard`, or give the function an idempotency strategy",
                    ((function.at("idempotency"), f"{function} acts again"),),
                )


def _called(saga: Saga) -> Iterator[tuple[str, str]]:
    """The steps, and what each of them calls."""
    yield from ((act.name, act.target) for act in acts(saga.flow.steps))
    for task in saga.written.tasks if saga.written else ():
        yield from ((task.name, address.name) for address in task.calls)
