"""A delivery has a setting that its hop does not heed.

## Why it matters

What a `from:` entry may say depends on what it reads: EventBridge has patterns and a retry policy, SNS has filters and raw delivery. A
setting that belongs to the other one would be ignored, and the team would rely on something that is not there.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  fulfilment:
    from: {source: orders, retries: {max_age: 1h}, dlq: {}}
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
    from: {source: commerce, retries: {max_age: 1h}, dlq: {}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SNS message delivery retries; retry policies cannot be set for SQS endpoints:
https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops import hop_of
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.component import Delivery
from penstock.model.topology import Topology


@rule("GRF004", "setting-without-effect", Severity.ERROR)
def setting_without_effect(topology: Topology) -> Iterator[Finding]:
    for connection in topology.connections:
        hop = hop_of(connection)
        if hop is None or not isinstance(connection.settings, Delivery):
            continue
        stated = connection.settings.origin.stated()
        for setting in sorted([one for one in stated if one != "source" and one not in hop.settings]):
            yield Finding(
                connection.at(setting),
                f"`{setting}` has no effect on what {connection.target} reads from {connection.source}",
                f"this hop heeds {', '.join(name for name in hop.settings if name != 'source')}",
            )
        target = connection.target
        if "group_by" in stated and isinstance(target, Queue) and not (target.fifo or target.fair):
            yield Finding(
                connection.at("group_by"),
                f"`group_by` has no effect on what {target} reads from {connection.source}: it is a standard queue",
                "make the queue FIFO, for order, or `fair: true`, for fair shares",
            )
        outside = connection.source.is_fed_from_outside  # `messages` are the contracts of what the pattern lets through
        if not outside and connection.settings.pattern and connection.settings.messages:
            yield Finding(
                connection.at("messages"),
                f"{connection.target} reads {connection.source} by `pattern` and by `messages`, but a rule has one pattern",
                "leave one of them",
            )
