"""A compensating message undoes nothing: nobody sends it, or nobody takes it.

## Why it matters

`compensations` is a promise: when this has been told and a later step fails, that message comes and somebody undoes what was done. If
nobody in the flow sends it the failure is never told; if nobody acts upon it, or only a log takes it,
nothing is undone. Either way the flow looks as if it could go
back, and cannot.

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
    from: {source: shop, messages: [StockReserved], dlq: {}}
    effects: [the shelves]
    idempotency: {strategy: client-key, key: order_id}
    publishes: {message: OrderRejected, to: shop}
  tell: {from: {source: shop, messages: [OrderPaid, OrderRejected], dlq: {}}}
  audit: {type: log, from: {source: shop, messages: [PaymentFailed], dlq: {}}}
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
from penstock.graph.choreographies import leaves
from penstock.kinds import Choreography
from penstock.kinds.choreography import unfolded
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology

_ONLOOKERS = frozenset({"email", "log"})


@rule("CHO004", "compensation-unheard", Severity.ERROR)
def compensation_unheard(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Choreography):
        found = unfolded(saga, topology)
        away = any(leaves(topology, message, steps) for message, steps in found.items())
        for message, undo in saga.compensations.items():
            if not isinstance(undo, str) or away:
                continue
            if message not in found:
                problem = f"{message} does not follow from {saga.starts_with}, so there is nothing to undo"
            elif undo not in found:
                problem = f"nobody who takes part sends {undo}, so nothing makes anybody undo what {message} tells of"
            elif all(step.by.word in _ONLOOKERS for step in found[undo]):
                problem = f"nobody acts upon {undo}, so nobody undoes what {message} tells of"
            else:
                continue
            yield Finding(
                saga.at("compensations", message),
                f"{saga} does not go back: {problem}",
                "let the step that fails publish it, and whoever had the effect read it",
            )
