"""Nobody owns the steps of a flow.

## Why it matters

When a choreography is stuck the first question is whose step it is. The steps belong to the team that the topology names as its `owner`;
alarms and tags carry that name, and `penstock explain` prints it. Without it nobody is called, and each team waits for another.

## Bad

```yaml
messages:
  OrderPlaced: {schema: {type: object}}
  StockReserved: {schema: {type: object}}
  OrderPaid: {schema: {type: object}}
  PaymentFailed: {schema: {type: object}}
  OrderRejected: {schema: {type: object}}
  CheckOverdue: {schema: {type: object}}
producers:
  checkout: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: shop}}
  hourly: {type: schedule, every: "rate(1 hour)", publishes: {message: CheckOverdue, to: overdue}, dlq: {}}
buses:
  shop: {}
defaults:
  consumers: {timeout: 30s, concurrency: {reserved: 5}, async: {max_retries: 2, max_age: 1h, on_failure: {}}}
consumers:
  reserve:
    from: {source: shop, messages: [OrderPlaced], dlq: {}}
    effects: [the shelves]
    idempotency: {strategy: client-key, key: order_id}
    publishes: {message: StockReserved, to: shop}
  pay:
    from: {source: shop, messages: [StockReserved], dlq: {}}
    publishes: [{message: OrderPaid, to: shop}, {message: PaymentFailed, to: shop}]
  release:
    from: {source: shop, messages: [PaymentFailed], dlq: {}}
    effects: [the shelves]
    idempotency: {strategy: client-key, key: order_id}
    publishes: {message: OrderRejected, to: shop}
  tell: {from: {source: shop, messages: [OrderPaid, OrderRejected], dlq: {}}}
  overdue: {}
sagas:
  buy:
    type: choreography
    starts_with: OrderPlaced
    ends_with: [OrderPaid, OrderRejected]
    compensations: {StockReserved: PaymentFailed}
    timeout: {after: 1d, watched_by: overdue}
```

## Good

```yaml
owner: team-orders
messages:
  OrderPlaced: {schema: {type: object}}
  StockReserved: {schema: {type: object}}
  OrderPaid: {schema: {type: object}}
  PaymentFailed: {schema: {type: object}}
  OrderRejected: {schema: {type: object}}
  CheckOverdue: {schema: {type: object}}
producers:
  checkout: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: shop}}
  hourly: {type: schedule, every: "rate(1 hour)", publishes: {message: CheckOverdue, to: overdue}, dlq: {}}
buses:
  shop: {}
defaults:
  consumers: {timeout: 30s, concurrency: {reserved: 5}, async: {max_retries: 2, max_age: 1h, on_failure: {}}}
consumers:
  reserve:
    from: {source: shop, messages: [OrderPlaced], dlq: {}}
    effects: [the shelves]
    idempotency: {strategy: client-key, key: order_id}
    publishes: {message: StockReserved, to: shop}
  pay:
    from: {source: shop, messages: [StockReserved], dlq: {}}
    publishes: [{message: OrderPaid, to: shop}, {message: PaymentFailed, to: shop}]
  release:
    from: {source: shop, messages: [PaymentFailed], dlq: {}}
    effects: [the shelves]
    idempotency: {strategy: client-key, key: order_id}
    publishes: {message: OrderRejected, to: shop}
  tell: {from: {source: shop, messages: [OrderPaid, OrderRejected], dlq: {}}}
  overdue: {}
sagas:
  buy:
    type: choreography
    starts_with: OrderPlaced
    ends_with: [OrderPaid, OrderRejected]
    compensations: {StockReserved: PaymentFailed}
    timeout: {after: 1d, watched_by: overdue}
```

## Source

Saga choreography pattern, AWS Prescriptive Guidance:
https://docs.aws.amazon.com/prescriptive-guidance/latest/cloud-design-patterns/saga-choreography.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Choreography
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("CHO006", "flow-without-owner", Severity.WARNING)
def flow_without_owner(topology: Topology) -> Iterator[Finding]:
    if topology.owner is None:
        for saga in topology.of(Choreography):
            yield Finding(
                saga.at(),
                f"topology {topology.name!r} has no `owner`, so nobody knows whose the steps of {saga} are when a flow is stuck",
                "write `owner:` at the top, with the team that is called",
            )
