"""Idempotency is declared, but something that it needs is missing.

## Why it matters

Every strategy needs a key that tells whether two messages are the same fact: the message's `idempotency_key`, or one
that the consumer names. The strategy `table` also needs a store that remembers the keys, and in it the attribute by
which DynamoDB deletes what has expired: without it the table keeps, and bills, every message that ever came.

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
    effects: [the card]
    idempotency: {strategy: table, ttl: 18d}
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
    effects: [the card]
    idempotency: {strategy: table, store: seen, ttl: 18d}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Source

Amazon DynamoDB Developer Guide, time to live:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.kinds import Database, Table, Workload
from penstock.kinds.workload import Idempotency
from penstock.lint.rule import Finding, rule
from penstock.model.component import Component
from penstock.model.origin import Place
from penstock.model.topology import Topology


@rule("IDM003", "incomplete-idempotency", Severity.ERROR)
def incomplete_idempotency(topology: Topology) -> Iterator[Finding]:
    remembered: dict[str, list[Workload]] = {}
    for function in topology.of(Workload):
        guard = function.idempotency
        if not isinstance(guard, Idempotency):
            continue
        if guard.key is None:
            yield from _without_key(function, topology)
        yield from _unfit_store(function, guard, topology)
        if guard.strategy == "table" and guard.store is not None:
            remembered.setdefault(guard.store, []).append(function)
    for store in topology.of(Table):
        users = remembered.get(store.name)
        if users and store.ttl_attribute is None and not store.existing:
            yield Finding(
                store.at("ttl_attribute"),
                f"{store} remembers messages for {users[0]}, but has no attribute by which DynamoDB deletes what has "
                "expired: it grows for ever",
                "write `ttl_attribute: expires_at`",
                tuple((user.at("idempotency", "store"), f"{user} remembers messages here") for user in users),
            )


_STORES: dict[str, tuple[type[Component], str, str]] = {
    "table": (Table, "dynamodb", "remembers messages in a table"),
    "unique-constraint": (Database, "postgres", "relies on a unique constraint"),
}


def _unfit_store(function: Workload, guard: Idempotency, topology: Topology) -> Iterator[Finding]:
    """A strategy that is a store's wants one, and one of the type that can do it."""
    if guard.strategy not in _STORES:
        return
    kind, type_, what = _STORES[guard.strategy]
    store = topology.components[guard.store] if guard.store else None
    if isinstance(store, kind):
        return
    fault = f"but {store} can do no such thing" if store else "but names no store for it"
    help_ = f"write `store:` with the name of a store of type {type_}"
    yield Finding(function.at("idempotency", "store"), f"{function} {what}, {fault}", help_)


def _without_key(function: Workload, topology: Topology) -> Iterator[Finding]:
    without = [message for message in flow(topology).at[function] if message.idempotency_key is None]
    if without:
        names = " and ".join(message.name for message in without)
        yield Finding(
            function.at("idempotency"),
            f"{function} cannot tell copies of {names} apart: {'it has' if len(without) == 1 else 'they have'} no "
            f"`idempotency_key`, and {function} names no `key`",
            "add an `idempotency_key` to the message, or a `key` to its idempotency",
            tuple((Place(message.origin, ()), f"{message.name} is declared here") for message in without),
        )
