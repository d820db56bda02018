"""A saga waits for a callback, and nothing may answer it.

## Why it matters

A callback is answered with SendTaskSuccess or SendTaskFailure, which needs permission for this very state machine and works in its own
account alone. Where nobody has that, each execution waits until its timeout and is then undone.

## Bad

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  approver:
    from: {source: approvals, batch: {size: 1}, max_concurrency: 2}
    timeout: 30s
    effects: [a question]
    idempotency: {strategy: table, store: seen, ttl: 30d}
sagas:
  place-order:
    steps:
      - {name: approval, wait_for: callback, via: approvals, message: OrderPlaced, timeout: 2d}
queues:
  approvals: {visibility_timeout: 3m, dlq: {max_receives: 5}}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Good

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  approver:
    from: {source: approvals, batch: {size: 1}, max_concurrency: 2}
    timeout: 30s
    resumes: place-order
    effects: [a question]
    idempotency: {strategy: table, store: seen, ttl: 30d}
sagas:
  place-order:
    steps:
      - {name: approval, wait_for: callback, via: approvals, message: OrderPlaced, timeout: 2d}
queues:
  approvals: {visibility_timeout: 3m, dlq: {max_receives: 5}}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Source

AWS Step Functions Developer Guide, discover service integration patterns in Step Functions; wait for a callback with task token:
https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html
"""

from collections.abc import Iterator

from penstock.asl.steps import acts
from penstock.diagnostics import Severity
from penstock.kinds import Saga
from penstock.kinds.workload import RESUMES
from penstock.lint.rule import Finding, rule
from penstock.model.component import Call
from penstock.model.origin import Place
from penstock.model.topology import Topology


@rule("SAG016", "nobody-answers", Severity.ERROR)
def nobody_answers(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        answered = any(
            isinstance(one.settings, Call) and one.settings.word == RESUMES for one in topology.incoming(saga)
        )
        asking = next(_asking(saga), None)
        if asking is not None and not answered:
            name, place = asking
            yield Finding(
                place,
                f"step {name!r} of {saga} waits for an answer, but no function or service may give one",
                f"write `resumes: {saga.name}` at who answers",
            )


def _asking(saga: Saga) -> Iterator[tuple[str, Place]]:
    """The steps that wait for an answer, and the places that say so."""
    yield from ((act.name, Place(act.origin, ("wait_for",))) for act in acts(saga.flow.steps) if act.word == "wait_for")
    if saga.written:
        yield from ((task.name, task.at("Resource")) for task in saga.written.tasks if task.waits_for_callback)
