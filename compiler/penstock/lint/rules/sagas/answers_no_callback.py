"""Somebody answers the callbacks of a saga that has none.

## Why it matters

The permission to answer a saga's callbacks lets code end any of its waiting steps. Without a step that waits it is a permission without a
use, and most likely the name of the wrong saga.

## Bad

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  reserve: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  release: {resumes: place-order, timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
sagas:
  place-order:
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
      - {do: reserve, compensate: release}
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
from penstock.model.topology import Topology


@rule("SAG027", "answers-no-callback", Severity.WARNING)
def answers_no_callback(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        asks = saga.written is not None and any(task.waits_for_callback for task in saga.written.tasks)
        if asks or any(act.word == "wait_for" for act in acts(saga.flow.steps)):
            continue
        for connection in topology.incoming(saga):
            if isinstance(connection.settings, Call) and connection.settings.word == RESUMES:
                yield Finding(
                    connection.at(),
                    f"{connection.source} answers callbacks of {saga}, which waits for none",
                    "name a saga with a step `wait_for: callback`, or remove it",
                )
