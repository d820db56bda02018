"""A path names a field that the message does not have.

## Why it matters

`key`, `idempotency_key`, `group_by` and the `key` of `idempotency` are read from every message. Where the schema has no such field there
is nothing to read: a FIFO channel gets no message group and refuses the message, all copies look alike or none does, and the handler
fails. Mostly it is a typing error, or a field that was renamed in the schema alone.

A schema that lists no properties, or that may have more through `oneOf`, `additionalProperties` or `patternProperties`, says too little
for this, and is passed over.

## Bad

```yaml
messages:
  OrderPlaced:
    schema: {type: object, required: [order_id], properties: {order_id: {type: string}}}
    key: orderid
    idempotency_key: order_id
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
    idempotency_key: order_id
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

JSON Schema, object properties: https://json-schema.org/understanding-json-schema/reference/object
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.paths import paths
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("CON001", "path-not-in-contract", Severity.ERROR)
def path_not_in_contract(topology: Topology) -> Iterator[Finding]:
    for one, found in paths(topology):
        if found.missing is None:
            continue
        from difflib import get_close_matches  # a topology whose paths are right pays nothing for it

        *above, name = found.missing.split(".")
        near = get_close_matches(name, found.names, n=1)
        meant = ".".join([*above, *near])
        yield Finding(
            one.place,
            f"{one.what} is {one.path!r}, but {one.message.name} has no field {found.missing!r}: {one.without}",
            f"did you mean {meant!r}?" if near else f"it has {', '.join(found.names) or 'no fields there'}",
            ((one.message.at("schema"), "the schema stands here"),),
        )
