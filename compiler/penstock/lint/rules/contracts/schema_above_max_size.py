"""A schema allows messages that are larger than the contract says.

## Why it matters

Two sentences of one contract disagree. Whoever keeps to the schema sends a message that is refused for its size, and whoever reckoned with
`max_size` meets one that is larger.

Sizes are those of JSON without spaces. Only stated bounds count (`maxLength`, `maxItems`, `enum`): a text without a bound proves nothing.

## Bad

```yaml
messages:
  OrderPlaced:
    schema: {type: object, required: [id], properties: {id: {type: string}, note: {type: string, maxLength: 20000}}}
    max_size: 16KiB
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
    schema: {type: object, required: [id], properties: {id: {type: string}, note: {type: string, maxLength: 2000}}}
    max_size: 16KiB
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

JSON Schema, lengths of strings: https://json-schema.org/understanding-json-schema/reference/string#length
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.extent import least, most
from penstock.model.topology import Topology
from penstock.model.units import show_size


@rule("CON004", "schema-above-max-size", Severity.WARNING)
def schema_above_max_size(topology: Topology) -> Iterator[Finding]:
    for message in topology.messages.values():
        if message.max_size is None:
            continue
        stated = f"its `max_size` is {show_size(message.max_size)}"
        smallest, largest = least([message.schema], message.schema), most([message.schema], message.schema)
        if smallest > message.max_size:
            text = f"no {message.name} can be sent: by its schema each has {smallest:,} bytes or more, and {stated}"
        elif largest > message.max_size:
            text = f"by its schema a {message.name} may have {largest:,} bytes and more, but {stated}: a larger one is refused"
        else:
            continue
        help_ = "raise `max_size`, or lower the bounds in the schema"
        yield Finding(message.at("max_size"), text, help_, ((message.at("schema"), "the schema stands here"),))
