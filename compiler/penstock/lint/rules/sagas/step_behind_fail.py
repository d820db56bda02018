"""A step of a saga stands behind one that fails on purpose, so it never runs.

## Why it matters

`fail` ends the way forward: what has started is undone, and nothing behind it is done. What was meant to be a case of a `choose` has
perhaps been written beside it.

## Bad

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  reserve: {timeout: 30s, effects: [the warehouse], idempotency: {strategy: client-key, key: order_id}}
sagas:
  place-order:
    steps:
      - {fail: OutOfStock}
      - {do: reserve, compensate: {none: a reservation expires}}
```

## Good

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  reserve: {timeout: 30s, effects: [the warehouse], idempotency: {strategy: client-key, key: order_id}}
sagas:
  place-order:
    steps:
      - choose: [{when: {order_id: none}, steps: [{fail: OutOfStock}]}]
      - {do: reserve, compensate: {none: a reservation expires}}
```

## Source

AWS Step Functions Developer Guide, fail workflow state:
https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html
"""

from collections.abc import Iterator
from itertools import pairwise

from penstock.asl.steps import Choose, Fail, Step, blocks, walk
from penstock.diagnostics import Severity
from penstock.kinds import Saga
from penstock.lint.rule import Finding, rule
from penstock.model.origin import Place
from penstock.model.topology import Topology


@rule("SAG032", "step-behind-fail", Severity.WARNING)
def step_behind_fail(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        lists = [saga.flow.steps, *(block for step in walk(saga.flow.steps) for block in blocks(step))]
        for steps in lists:
            for step, behind in pairwise(steps):
                if _fails(step):
                    yield Finding(
                        Place(behind.origin, ()),
                        f"step {behind.name!r} of {saga} never runs: {step.name!r} before it always fails",
                        "remove it, or let the one before it be a case of a `choose`",
                        ((Place(step.origin, ()), "it ends here"),),
                    )


def _fails(step: Step) -> bool:
    """Whether nothing comes behind a step: it fails, or all of its cases do."""
    if not isinstance(step, Choose):
        return isinstance(step, Fail)
    complete = any(not case.tests for case in step.cases)
    return complete and all(any(map(_fails, case.steps)) for case in step.cases)
