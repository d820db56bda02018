"""A topology that is imported, and nothing of it is used.

## Why it matters

An import says that a team depends on another one. If nothing is used any more, that is mostly what is left of something that was
taken down, and readers take it for a part of the system.

## Bad

```yaml
imports:
  stock: ../inventory/topology.yaml
producers:
  shop: {type: function, timeout: 10s, publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: function, timeout: 10s, publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

AWS CloudFormation User Guide, exports of a stack, which are what an import stands on:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("GRF021", "idle-import", Severity.INFO)
def idle_import(topology: Topology) -> Iterator[Finding]:
    for alias, used in topology.imports.items():
        if not used:
            text = f"nothing of the topology that is imported as {alias!r} is used"
            yield Finding(topology.at("imports", alias), text, "remove it")
