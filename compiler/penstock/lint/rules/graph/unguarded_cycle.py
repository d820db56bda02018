"""Messages can go round in a cycle that nothing but code ends.

## Why it matters

A function that sends on what may come back to it decides in its code when that ends. If it errs, every message that enters goes round for
ever, and where it sends two for one they multiply. Lambda stops such a loop after about 16 rounds, but only where it goes through queues
and topics alone: EventBridge, Kinesis, DynamoDB streams and workers in containers hide it. There the bill is the first to tell.

A filter in the cycle, or another message for what is sent on, says what may come back, and this rule has nothing more to say.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
consumers:
  price:
    from: {source: commerce, messages: [OrderPlaced], dlq: {}}
    timeout: 30s
    async: {on_failure: {}}
    concurrency: {reserved: 5}
    effects: [the price list]
    idempotency: {strategy: client-key, key: order_id}
    publishes: {message: OrderPlaced, to: commerce}
```

## Good

```yaml
messages:
  OrderPlaced: {schema: {type: object, required: [order_id], properties: {order_id: {type: string}}}, idempotency_key: order_id}
  OrderPriced: {schema: {type: object, required: [order_id], properties: {order_id: {type: string}}}, idempotency_key: order_id}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
consumers:
  price:
    from: {source: commerce, messages: [OrderPlaced], dlq: {}}
    timeout: 30s
    async: {on_failure: {}}
    concurrency: {reserved: 5}
    effects: [the price list]
    idempotency: {strategy: client-key, key: order_id}
    publishes: {message: OrderPriced, to: commerce}
  ship:
    from: {source: commerce, messages: [OrderPriced], dlq: {}}
    timeout: 30s
    async: {on_failure: {}}
    concurrency: {reserved: 5}
```

## Source

AWS Lambda Developer Guide, use Lambda recursive loop detection to prevent infinite loops:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.cycles import recurring
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("GRF013", "unguarded-cycle", Severity.WARNING)
def unguarded_cycle(topology: Topology) -> Iterator[Finding]:
    for loop, guarded in recurring(topology):
        if guarded:
            continue
        yield Finding(
            loop.place,
            f"what is sent here comes back, and only code ends it; Lambda's guard does not see through this cycle: {loop.way}",
            "send another message than the one that comes in, filter what comes back, or count the rounds in the payload and accept this "
            "finding",
        )
