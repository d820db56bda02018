"""Nobody notices a flow that just stops.

## Why it matters

A choreography that is stuck raises no error: a message waits in a dead-letter queue, an answer from outside never comes, a step is
switched off. No component of it knows the whole, so somebody must look for flows that have begun and not ended: a function that a schedule
runs, or one that is told of every start and every end. `timeout: {after: 1d, watched_by: overdue}` says who; `{none: reason}` that nobody
needs to.

## Bad

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
from penstock.graph.flow import flow
from penstock.kinds import Choreography
from penstock.kinds.choreography import Watch
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("CHO005", "overdue-flow-unnoticed", Severity.WARNING)
def overdue_flow_unnoticed(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Choreography):
        if saga.watch is None:
            yield Finding(
                saga.at("timeout"),
                f"nobody notices when a flow of {saga} has begun with {saga.starts_with} and none of {', '.join(saga.ends_with)} comes",
                "write `timeout: {after: 1d, watched_by: ...}` with the function that looks for overdue flows, or `{none: reason}`",
            )
        if not isinstance(saga.watch, Watch):
            continue
        watcher = topology.components[saga.watch.by]
        scheduled = any(one.source.word == "schedule" for one in topology.incoming(watcher))
        heard = {message.name for message in flow(topology).at[watcher]}
        if not scheduled and not watcher.existing and not heard >= {saga.starts_with, *saga.ends_with}:
            missing = [message for message in (saga.starts_with, *saga.ends_with) if message not in heard]
            yield Finding(
                saga.at("timeout", "watched_by"),
                f"{watcher} cannot notice an overdue flow of {saga}: no schedule runs it, and it is not told of {', '.join(missing)}",
                "let a schedule run it, or let it read every start and every end",
            )
