"""A guard against copies does not cover an effect when an invocation dies.

## Why it matters

An invocation can die after its effect and before anything has noted it. The message comes again, and only a guard that
is written together with the effect knows of it: a condition on the very item that is written, a key that is inserted in
the same transaction. A table that remembers messages is written afterwards, whatever the effect, and a condition or a
transaction in one store says nothing of what was done elsewhere. So the effect is had twice, seldom, and nobody sees why.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  charge:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: [book, the card]
    idempotency: {strategy: conditional-write, store: book}
stores:
  book: {type: dynamodb, key: id}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  charge:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: [book]
    idempotency: {strategy: conditional-write, store: book}
stores:
  book: {type: dynamodb, key: id}
```

## Source

AWS Lambda Developer Guide, error handling and automatic retries:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-retries.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Workload
from penstock.kinds.workload import Idempotency
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology

_HELP = {
    "table": "write the key with the effect, by `strategy: conditional-write` (an item) or `unique-constraint` (a transaction), "
    "or hand it on to what the effect is asked of: `client-key`",
    "conditional-write": "let a consumer of its own have the other effect, or make that harmless to repeat",
    "unique-constraint": "let a consumer of its own have the other effect, or make that harmless to repeat",
}


@rule("IDM008", "effect-outside-its-guard", Severity.INFO)
def effect_outside_its_guard(topology: Topology) -> Iterator[Finding]:
    for workload in topology.of(Workload):
        guard = workload.idempotency
        if not isinstance(guard, Idempotency) or guard.strategy not in _HELP:
            continue
        outside = _outside(workload, guard)
        if outside:
            yield Finding(
                workload.at("effects"),
                f"{workload} acts on {' and '.join(outside)}, which its `{guard.strategy}` does not cover: when an invocation dies "
                "after that, a copy does it again",
                _HELP[guard.strategy],
            )


def _outside(workload: Workload, guard: Idempotency) -> list[str]:
    """The effects that are not written together with the guard: a table of keys is written after all of them."""
    if guard.strategy == "table":
        return list(workload.effects)
    return [name for name in workload.effects if guard.store is not None and name != guard.store]
