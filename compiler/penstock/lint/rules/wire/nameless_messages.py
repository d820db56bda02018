"""A queue gets messages without their names, and does not carry one message alone.

## Why it matters

An event of a bus names its message in `detail-type`. With `payload: detail` the queue gets the message alone, and no rule can put the name
beside it. Where only one message can be in the queue, it is that one. Where several can be, nobody can tell which a text is: its handler
fails, and it ends among the dead letters.

## Bad

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id}
  OrderPaid: {schema: {type: object}, idempotency_key: order_id}
producers:
  shop:
    type: external
    principal: "111122223333"
    publishes: [{message: OrderPlaced, to: commerce}, {message: OrderPaid, to: commerce}]
buses:
  commerce: {}
queues:
  intake: {from: {source: commerce, payload: detail, dlq: {}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: intake, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id}
  OrderPaid: {schema: {type: object}, idempotency_key: order_id}
producers:
  shop:
    type: external
    principal: "111122223333"
    publishes: [{message: OrderPlaced, to: commerce}, {message: OrderPaid, to: commerce}]
buses:
  commerce: {}
queues:
  intake: {from: {source: commerce, dlq: {}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: intake, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon EventBridge API Reference, Target (InputPath): https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.hops.matching import by_rule
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("WIR004", "nameless-messages", Severity.ERROR)
def nameless_messages(topology: Topology) -> Iterator[Finding]:
    for connection in topology.connections:
        queue = connection.target
        if not isinstance(queue, Queue) or not by_rule(connection):
            continue
        carried = flow(topology).at[queue]
        if connection.delivery.payload and len(carried) > 1:
            names = ", ".join(message.name for message in carried)
            yield Finding(
                connection.at("payload"),
                f"{queue} carries {len(carried)} messages ({names}), and what comes from {connection.source} does not say which it is",
                "leave `payload` out: an event names its message; or give each message a queue of its own",
            )
