"""A schema names a format that nothing checks.

## Why it matters

A format of JSON Schema is a promise about a text: that it is a date, an address, a UUID. Generated code checks the common ones, and refuses
what breaks them as it refuses any other message that breaks its schema. Another one is a remark for readers, and one that is misspelt looks
like a promise and is none: whatever is sent gets through, and is found out in the middle of the work.

## Bad

```yaml
messages:
  OrderPlaced: {schema: {type: object, properties: {placed_at: {type: string, format: datetime}}}}
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
  OrderPlaced: {schema: {type: object, properties: {placed_at: {type: string, format: date-time}}}}
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

JSON Schema, draft 2020-12, vocabularies for semantic content with "format":
https://json-schema.org/draft/2020-12/json-schema-validation#section-7
"""

from collections.abc import Iterator
from difflib import get_close_matches

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.contracts import subschemas
from penstock.model.formats import CHECKED
from penstock.model.topology import Topology

_BY_OTHER_NAMES = {"url": "uri", "guid": "uuid", "timestamp": "date-time", "ip": "ipv4"}


@rule("CON010", "format-not-checked", Severity.INFO)
def format_not_checked(topology: Topology) -> Iterator[Finding]:
    for message in topology.messages.values():
        stated = {one.get("format") for _, one in subschemas(message.schema, ())}
        for name in sorted(each for each in stated if isinstance(each, str) and each not in CHECKED):
            near = _BY_OTHER_NAMES.get(name) or next(iter(get_close_matches(name, sorted(CHECKED), 1, 0.75)), None)
            yield Finding(
                message.at("schema"),
                f"the schema of {message.name} has the format {name!r}, which nothing checks",
                f"write {near!r}, if that is meant" if near else "say with `pattern` what must hold of the text",
            )
