"""A filter is larger than AWS takes it.

## Why it matters

SNS takes a filter policy with five fields at most, and with 150 combinations of their values: the numbers of values of all fields,
multiplied. EventBridge takes a pattern of 2,048 characters, unless the account's quota has been raised. A larger one is refused in the
middle of a deployment. What `messages` lists counts as a field, and as a value for each message.

Of the filter on a body each value counts once for each level at which its field stands.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  fulfilment:
    visibility_timeout: 3m
    from:
      source: orders
      filter: {shop: [a, b, c, d], region: [eu, us, ap, sa], channel: [web, app, phone], size: [s, m, l, xl]}
      dlq: {}
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
messages:
  OrderPlaced:
    schema: {type: object, required: [order_id], properties: {order_id: {type: string}, shop: {}, region: {}, channel: {}, size: {}}}
    key: order_id
    idempotency_key: order_id
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  fulfilment:
    visibility_timeout: 3m
    from:
      source: orders
      filter: {shop: [a, b, c, d], region: [eu, us, ap, sa], channel: [web, app, phone]}
      dlq: {}
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
messages:
  OrderPlaced:
    schema: {type: object, required: [order_id], properties: {order_id: {type: string}, shop: {}, region: {}, channel: {}, size: {}}}
    key: order_id
    idempotency_key: order_id
```

## Source

Amazon SNS Developer Guide, filter policy constraints, and Amazon EventBridge User Guide, quotas:
https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
"""

import json
from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

from penstock import resources
from penstock.diagnostics import Severity
from penstock.graph.patterns import OR
from penstock.hops.filtering import malformed
from penstock.hops.matching import event_pattern
from penstock.hops.subscribing import filter_policy
from penstock.kinds import Bus, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection
from penstock.model.topology import Topology

Pattern = Mapping[str, Any]


@rule("FLT006", "filter-beyond-limits", Severity.ERROR)
def filter_beyond_limits(topology: Topology) -> Iterator[Finding]:
    for source in (*topology.of(Topic), *topology.of(Bus)):
        for connection in topology.outgoing(source):
            delivery = connection.delivery
            if not (delivery.filters or delivery.pattern or delivery.messages):
                continue
            check = _policy if isinstance(source, Topic) else _pattern
            fault = None if any(malformed(connection)) else check(connection, topology)
            if fault:
                key = next((key for key in ("pattern", "filter") if connection.states(key)), "messages")
                text = f"{source} refuses what {connection.target} asks for: {fault}"
                yield Finding(
                    connection.at(key),
                    text,
                    "let more through here, and sort it out behind, or divide it between several readers",
                )


def _policy(connection: Connection, topology: Topology) -> str | None:
    """What SNS refuses in a filter policy; of alternatives, whose counting AWS does not explain, nothing is said."""
    policy = filter_policy(connection, topology) or {}
    fields = [name for name in policy if name != OR]
    most = resources.limit("sns.max_filter_keys")
    if len(fields) > most:
        return f"its filter has {len(fields)} fields, but SNS takes {most}"
    combined = prod(_counts(policy, 1))
    most = resources.limit("sns.max_filter_combinations")
    return f"its values make {combined:,} combinations, but SNS takes {most}" if combined > most else None


def _counts(policy: Pattern, level: int) -> Iterator[int]:
    for name, wanted in policy.items():
        if isinstance(wanted, dict):
            yield from _counts(wanted, level + 1)
        elif name != OR:
            yield len(wanted) * level


def _pattern(connection: Connection, topology: Topology) -> str | None:
    text = json.dumps(event_pattern(connection, topology), separators=(",", ":"))
    most = resources.limit("eventbridge.max_pattern")
    if "${" in text or len(text) <= most:
        return None
    return f"its pattern has {len(text):,} characters, but EventBridge takes {most:,} where the quota was not raised"
