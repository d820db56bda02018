"""A message is sent beside the outbox that was to send it.

## Why it matters

An outbox sends what a transaction has written, and nothing else. Code that sends the same message by itself does so before the
transaction has ended or after it: where it ends in between, a message tells of what was rolled back, or is sent by the outbox alone. And
what both send arrives twice, by two ways that keep no common order.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: intake}}
  relay: {type: outbox, store: rows, publishes: {message: OrderTaken, to: taken}}
messages:
  OrderPlaced: {schema: {type: object}, key: order_id, idempotency_key: order_id}
  OrderTaken: {schema: {type: object}, key: order_id, idempotency_key: order_id}
queues:
  intake: {visibility_timeout: 3m, dlq: {max_receives: 5}}
  taken: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  take:
    from: {source: intake, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: [orders]
    idempotency: {strategy: conditional-write, store: orders}
    publishes: [{message: OrderTaken, to: rows}, {message: OrderTaken, to: taken}]
  pack:
    from: {source: taken, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
stores:
  orders: {type: dynamodb, key: order_id}
  rows:
    type: dynamodb
    key: aggregate
    sort_key: row_id
    stream: new-image
    ttl_attribute: expires_at
    indexes: {unsent: {key: unsent, sort_key: row_id}}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: intake}}
  relay: {type: outbox, store: rows, publishes: {message: OrderTaken, to: taken}}
messages:
  OrderPlaced: {schema: {type: object}, key: order_id, idempotency_key: order_id}
  OrderTaken: {schema: {type: object}, key: order_id, idempotency_key: order_id}
queues:
  intake: {visibility_timeout: 3m, dlq: {max_receives: 5}}
  taken: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  take:
    from: {source: intake, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: [orders]
    idempotency: {strategy: conditional-write, store: orders}
    publishes: {message: OrderTaken, to: rows}
  pack:
    from: {source: taken, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
stores:
  orders: {type: dynamodb, key: order_id}
  rows:
    type: dynamodb
    key: aggregate
    sort_key: row_id
    stream: new-image
    ttl_attribute: expires_at
    indexes: {unsent: {key: unsent, sort_key: row_id}}
```

## Source

AWS Prescriptive Guidance, transactional outbox pattern:
https://docs.aws.amazon.com/prescriptive-guidance/latest/cloud-design-patterns/transactional-outbox.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Outbox, Workload
from penstock.lint.rule import Finding, rule
from penstock.model.component import Publication
from penstock.model.topology import Topology


@rule("OBX001", "published-beside-outbox", Severity.WARNING)
def published_beside_outbox(topology: Topology) -> Iterator[Finding]:
    relayed = {one.message: outbox for outbox in topology.of(Outbox) for one in outbox.publications}
    for workload in topology.of(Workload):
        if isinstance(workload, Outbox):
            continue
        for connection in topology.outgoing(workload):
            settings = connection.settings
            if not isinstance(settings, Publication) or connection.target.word == "store":
                continue
            if outbox := relayed.get(settings.message):
                yield Finding(
                    connection.at(),
                    f"{workload} sends {settings.message} to {connection.target} by itself, beside {outbox}: where it ends between "
                    "that and its transaction, one tells of what the other does not have",
                    f"send it `to: {outbox.store}`, and from there to {connection.target} by {outbox}",
                    ((outbox.at("publishes"), f"{outbox} sends it too"),),
                )
