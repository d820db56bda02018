"""What a step of a flow has done is not undone when a later step fails.

## Why it matters

A choreography has no transaction. When a later step fails, what the steps before it have done stays done, unless each of them hears of the
failure and undoes its part: the customer gets no goods, and the shelf stays reserved for nobody. So the message in which a step tells what
it has done is named under `compensations`, with the message upon which that is undone; or with `{none: reason}` where nothing need be.

Looked at are the functions and services in the flow that have `effects` and send something on that is no end. A saga with a conductor
undoes its own steps.

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
from penstock.kinds.choreography import unfolded
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("CHO003", "step-not-undone", Severity.WARNING)
def step_not_undone(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Choreography):
        undoing = {undo for undo in saga.compensations.values() if isinstance(undo, str)}
        told = set()
        for message, steps in unfolded(saga, topology).items():
            for step in steps:
                on = [sent for sent in step.sends if sent not in saga.ends_with and sent not in undoing]
                effects = getattr(step.by, "effects", ())
                if (
                    message in undoing
                    or not effects
                    or not on
                    or step.by in told
                    or saga.compensations.keys() & set(on)
                ):
                    continue
                told.add(step.by)
                yield Finding(
                    saga.at("compensations"),
                    f"{step.by} has an effect on {' and '.join(effects)} and sends {' or '.join(on)}; when a later step of {saga} "
                    "fails, no message makes anybody undo that",
                    f"write `compensations: {{{on[0]}: ...}}` with the message upon which it is undone, or `{{none: reason}}`",
                    ((step.by.at("effects"), "what is not undone"),),
                )
