"""A flow stops where none of its ends can follow.

## Why it matters

Nobody conducts a choreography: it goes on only because somebody takes each message and sends the next. Where those who take one send
nothing on, the flow stays for ever where it is, half done, and nothing fails: an order is placed, the shelf is empty, and that was all. The
same holds for messages that only lead to each other.

What goes to other topologies or accounts may go on there, so nothing is said of it; neither of compensating messages, with which a flow
may end.

## Bad

```yaml
owner: team-orders
messages:
  OrderPlaced: {schema: {type: object}}
  StockReserved: {schema: {type: object}}
  OrderPaid: {schema: {type: object}}
  PaymentFailed: {schema: {type: object}}
  OrderRejected: {schema: {type: object}}
  StockShort: {schema: {type: object}}
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
    publishes: [{message: StockReserved, to: shop}, {message: StockShort, to: shop}]
  pay:
    from: {source: shop, messages: [StockReserved], dlq: {}}
    publishes: [{message: OrderPaid, to: shop}, {message: PaymentFailed, to: shop}]
  release:
    from: {source: shop, messages: [PaymentFailed], dlq: {}}
    effects: [the shelves]
    idempotency: {strategy: client-key, key: order_id}
    publishes: {message: OrderRejected, to: shop}
  tell: {from: {source: shop, messages: [OrderPaid, OrderRejected, StockShort], dlq: {}}}
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
from penstock.graph.choreographies import dead_ends, leaves
from penstock.kinds import Choreography
from penstock.kinds.choreography import unfolded
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("CHO001", "flow-stops", Severity.ERROR)
def flow_stops(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Choreography):
        found = unfolded(saga, topology)
        ends = {*saga.ends_with, *(undo for undo in saga.compensations.values() if isinstance(undo, str))}
        ends |= {message for message, steps in found.items() if leaves(topology, message, steps)}
        for messages in dead_ends(found, ends):
            takers = list(dict.fromkeys(step.by for message in messages for step in found[message]))
            if not takers:
                continue  # it is dropped, as another rule says
            sends = "take it and send" if len(takers) > 1 else "takes it and sends"
            why = f"{' and '.join(map(str, takers))} {sends} nothing on"
            if any(step.sends for message in messages for step in found[message]):
                why = f"{' and '.join(messages)} only lead to each other"
            yield Finding(
                saga.at("starts_with"),
                f"a flow of {saga} stops after {messages[-1]}: {why}, so none of {', '.join(saga.ends_with)} can follow",
                "let somebody take it and send what follows, or name it under `ends_with`",
                tuple((taker.at(), "this takes part") for taker in takers),
            )
