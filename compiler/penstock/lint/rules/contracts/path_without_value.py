"""A path names a field that a message may leave out, that may be null, or that is no single value.

## Why it matters

`key`, `idempotency_key`, `group_by` and the `key` of `idempotency` are read from every message. A message without the value has no message
group, so a FIFO channel refuses it; or nothing tells its copies apart, so the handler fails and the message ends in the dead-letter
queue. A list or a mapping makes no group and no id either.

## Bad

```yaml
messages:
  OrderPlaced:
    schema: {type: object, properties: {order_id: {type: string}}}
    key: order_id
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
messages:
  OrderPlaced:
    schema: {type: object, required: [order_id], properties: {order_id: {type: string}}}
    key: order_id
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

JSON Schema, required properties: https://json-schema.org/understanding-json-schema/reference/object#required
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.paths import paths
from penstock.lint.rule import Finding, rule
from penstock.model.shapes import Field
from penstock.model.topology import Topology


@rule("CON002", "path-without-value", Severity.WARNING)
def path_without_value(topology: Topology) -> Iterator[Finding]:
    for one, found in paths(topology):
        if found.missing is not None:
            continue
        problem, help_ = _problem(found)
        if problem:
            text = f"{one.what} is {one.path!r}, but in {one.message.name} {problem}: {one.without}"
            yield Finding(one.place, text, help_, ((one.message.at("schema"), "the schema stands here"),))


def _problem(found: Field) -> tuple[str | None, str]:
    if found.optional:
        return f"{found.optional!r} may be left out", "name it under `required` in the schema, or another field here"
    if found.nullable:
        return f"{found.nullable!r} may be null", "take `null` from its types in the schema, or name another field here"
    manifold = sorted(found.types & {"array", "object"}) if found.types else []
    return f"it is an {manifold[0]}" if manifold else None, "name a field that is a text or a number"
