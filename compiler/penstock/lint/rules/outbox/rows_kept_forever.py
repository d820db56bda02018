"""The rows of an outbox that were sent are never deleted.

## Why it matters

The relay writes into each row that it has sent when that may expire, but only an attribute that the table has for that makes DynamoDB
delete it. Without one the table grows by every message that was ever sent, and is paid for by the month. Rows that are not sent have no
such attribute, so none of these is lost. What expires is nothing to send: the relay reads insertions alone.

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

Amazon DynamoDB Developer Guide, Using time to live:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Outbox, Table
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology


@rule("OBX010", "rows-kept-forever", Severity.WARNING)
def rows_kept_forever(topology: Topology) -> Iterator[Finding]:
    for outbox in topology.of(Outbox):
        table = topology.components[outbox.store]
        if not isinstance(table, Table) or table.ttl_attribute or table.existing:
            continue
        yield Finding(
            table.at("ttl_attribute"),
            f"{table} keeps the rows of {outbox} for ever, because no attribute says when they expire",
            "write `ttl_attribute: expires_at`: DynamoDB then deletes a row when it was sent, and kept for as long as `keep` says",
            ((outbox.at("keep"), "how long a row is kept that was sent"),),
            write(table.at("ttl_attribute"), "expires_at"),
        )
