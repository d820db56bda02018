"""A filter says something that AWS does not know.

## Why it matters

EventBridge and SNS take an event pattern or a filter policy only if every field has a list of values or operators they know. Anything else
makes the deployment fail, in the middle of the other changes.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
queues:
  fulfilment:
    from: {source: commerce, pattern: {detail: {order_id: [{starts-with: A}]}}, dlq: {retention: 14d}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
queues:
  fulfilment:
    from: {source: commerce, pattern: {detail: {order_id: [{prefix: A}]}}, dlq: {retention: 14d}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon EventBridge User Guide, comparison operators:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
Amazon SNS Developer Guide, filter policy constraints:
https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.filtering import malformed
from penstock.hops.matching import by_rule
from penstock.kinds import Topic
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection, Delivery
from penstock.model.topology import Topology


@rule("FLT001", "malformed-filter", Severity.ERROR)
def malformed_filter(topology: Topology) -> Iterator[Finding]:
    for connection in topology.connections:
        if not isinstance(connection.settings, Delivery):
            continue
        for place, fault in malformed(connection):
            text = f"{_service(connection)} refuses what {connection.target} reads from {connection.source}: {fault}"
            yield Finding(place, text, "correct it: the deployment fails otherwise")


def _service(connection: Connection) -> str:
    """Who filters."""
    if by_rule(connection):
        return "EventBridge"
    return "SNS" if isinstance(connection.source, Topic) else "Lambda"
