"""Nobody writes the rows that an outbox is to send.

## Why it matters

An outbox sends what it finds in its store. Where no function or service of the topology says that it sends the message to the store, no
helper is generated to write it in one transaction with what it tells of, no role may write it, and nothing is known of whom the message
comes from.

Where an application that stands outside of the topology writes the rows, accept this finding with its name.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: intake}}
  relay: {type: outbox, store: rows, publishes: [{message: OrderTaken, to: taken}, {message: OrderShipped, to: taken}]}
messages:
  OrderPlaced: {schema: {type: object}, key: order_id, idempotency_key: order_id}
  OrderShipped: {schema: {type: object}, key: order_id, idempotency_key: order_id}
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
from penstock.kinds import Outbox
from penstock.lint.rule import Finding, rule
from penstock.model.component import Publication
from penstock.model.topology import Topology


@rule("OBX011", "rows-written-by-nobody", Severity.WARNING)
def rows_written_by_nobody(topology: Topology) -> Iterator[Finding]:
    for outbox in topology.of(Outbox):
        store = topology.components[outbox.store]
        incoming = [connection.settings for connection in topology.incoming(store)]
        written = {settings.message for settings in incoming if isinstance(settings, Publication)}
        if not written:
            continue  # then the store itself is not connected
        for name in sorted({one.message for one in outbox.publications} - written):
            yield Finding(
                outbox.at("publishes"),
                f"{outbox} is to send {name}, but nobody here writes that into {store}",
                f"write `publishes: {{message: {name}, to: {store.name}}}` for the function or the service that does",
            )
