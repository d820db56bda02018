"""A saga that is started twice runs twice, because its start has no idempotency key.

## Why it matters

Whatever starts a saga delivers at least once. With an idempotency key the execution has a name, and a second start is the same execution;
without one the second copy of a message is a second execution, with other keys for its steps, so that no step can tell that it was done.

## Bad

```yaml
messages:
  OrderPlaced: {schema: {type: object, required: [order_id], properties: {order_id: {type: string}}}, key: order_id}
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  reserve: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  release: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
sagas:
  place-order:
    steps:
      - {do: reserve, compensate: release}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Good

```yaml
messages:
  OrderPlaced: {schema: {type: object, required: [order_id], properties: {order_id: {type: string}}}, key: order_id}
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: place-order}}
consumers:
  reserve: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
  release: {timeout: 5s, effects: [the stock], idempotency: {strategy: table, store: seen, ttl: 30d}}
sagas:
  place-order:
    idempotency_key: order_id
    steps:
      - {do: reserve, compensate: release}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Source

AWS Step Functions API Reference, StartExecution:
https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Saga
from penstock.kinds.saga_paths import starting
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("SAG020", "start-without-key", Severity.WARNING)
def start_without_key(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        if saga.idempotency_key is not None:
            continue
        nameless = next((message for message in starting(saga, topology) if message.idempotency_key is None), None)
        if nameless is not None:
            yield Finding(
                saga.at("idempotency_key"),
                f"{saga} runs twice when {nameless.name} comes twice: neither has an idempotency key",
                "name the field that tells two copies: `idempotency_key: order_id`, here or at the message",
                ((nameless.at("idempotency_key"), f"{nameless.name} stands here"),),
            )
