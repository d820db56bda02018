"""A second copy of a message has its effect a second time.

## Why it matters

SQS, SNS and EventBridge deliver at least once: a message comes again when its consumer was too slow, when the other
messages of its batch failed, and now and then for no reason that anybody could see. A FIFO queue is no exception,
since it holds back copies at sending, and only for five minutes. Without a guard the card is charged twice.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  charge:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: [the card]
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  charge:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: [the card]
    idempotency: {strategy: table, store: seen, ttl: 18d}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Source

AWS Lambda Developer Guide, using Lambda with Amazon SQS:
https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops import Guarantee, semantics
from penstock.kinds import Workload
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection, Delivery
from penstock.model.topology import Topology


@rule("IDM001", "effects-without-idempotency", Severity.ERROR)
def effects_without_idempotency(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Workload):
        if function.existing or function.idempotency is not None or not function.effects:
            continue
        repeating = [connection for connection in topology.incoming(function) if _repeats(connection, topology)]
        if not repeating:
            continue
        yield Finding(
            function.at("idempotency"),
            f"{function} acts on {' and '.join(function.effects)}, but nothing keeps it from doing so twice: "
            f"{repeating[0].source} may bring the same message again",
            "write `idempotency: {strategy: table, store: ..., ttl: ...}`, or `idempotency: {none: why}` if a second time "
            "does no harm",
            tuple((connection.at(), f"from {connection.source} at least once") for connection in repeating),
        )


def _repeats(connection: Connection, topology: Topology) -> bool:
    settings = connection.settings
    if isinstance(settings, Delivery) and not settings.enabled:
        return False
    promise = semantics(connection, topology)
    return promise is not None and promise.guarantee is Guarantee.AT_LEAST_ONCE
