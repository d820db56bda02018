"""A saga waits for a callback that may never come, and nothing ends the wait.

## Why it matters

The message with the task's token may end in a dead-letter queue, expire, or be lost by whoever has it. Without a timeout the execution
then waits for a year, with everything that it has done so far neither finished nor undone.

## Bad

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
      - {name: approval, wait_for: callback, via: approvals, message: OrderPlaced}
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

AWS Step Functions Developer Guide, best practices; avoid stuck executions:
https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html
"""

from collections.abc import Iterator

from penstock.asl.steps import acts
from penstock.diagnostics import Severity
from penstock.kinds import Saga
from penstock.lint.rule import Finding, rule
from penstock.model.origin import Place
from penstock.model.topology import Topology


@rule("SAG009", "callback-waits-for-ever", Severity.ERROR)
def callback_waits_for_ever(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        for act in acts(saga.flow.steps):
            if act.word == "wait_for" and act.timeout is None and saga.flow.timeout is None:
                yield Finding(
                    Place(act.origin, ("timeout",)),
                    f"step {act.name!r} of {saga} waits for an answer up to a year: neither it nor the saga has a timeout",
                    "write `timeout: 2d` at the step, or a deadline of the whole at the saga",
                )
        if saga.written is None or saga.flow.express or "TimeoutSeconds" in saga.written.data:
            continue
        for task in saga.written.tasks:
            if task.waits_for_callback and not task.express and not _BOUNDS & task.data.keys():
                yield Finding(
                    task.at("Resource"),
                    f"state {task.name!r} of {saga} waits for an answer up to a year: it has neither a timeout nor a heartbeat",
                    "give it `TimeoutSeconds`",
                )


_BOUNDS = frozenset({"TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"})
