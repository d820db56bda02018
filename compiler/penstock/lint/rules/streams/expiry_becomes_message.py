"""What DynamoDB deletes for its age becomes a message.

## Why it matters

A table with a `ttl_attribute` deletes an item some time after it has expired, within a few days. A stream of old images shows that
deletion as it shows any other, so its readers get a message for each item that expires: late, in no hurry, and often for things that were
done long ago. Where that is meant, as with a reminder that expires, accept this finding. A stream of new images has no message for a
deletion.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: intake}}
queues:
  intake: {visibility_timeout: 3m, dlq: {max_receives: 5}}
defaults:
  consumers: {timeout: 30s, concurrency: {reserved: 5}}
consumers:
  take:
    from: {source: intake, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    effects: [carts]
    idempotency: {strategy: conditional-write, store: carts}
  audit:
    from:
      source: carts
      messages: [OrderPlaced]
      start: oldest
      batch: {partial_failures: true}
      retries: {max_retries: 10, max_age: 6h, bisect: true}
      on_failure: {none: what was in a cart may be forgotten}
stores:
  carts: {type: dynamodb, key: order_id, stream: old-image, ttl_attribute: expires_at}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: intake}}
queues:
  intake: {visibility_timeout: 3m, dlq: {max_receives: 5}}
defaults:
  consumers: {timeout: 30s, concurrency: {reserved: 5}}
consumers:
  take:
    from: {source: intake, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    effects: [carts]
    idempotency: {strategy: conditional-write, store: carts}
  audit:
    from:
      source: carts
      messages: [OrderPlaced]
      start: oldest
      batch: {partial_failures: true}
      retries: {max_retries: 10, max_age: 6h, bisect: true}
      on_failure: {none: what was in a cart may be forgotten}
stores:
  carts: {type: dynamodb, key: order_id, stream: new-image, ttl_attribute: expires_at}
```

## Source

Amazon DynamoDB Developer Guide, using time to live (TTL) in DynamoDB, and DynamoDB Streams and TTL:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.stream_function import reader, readings
from penstock.kinds import Table
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("KIN016", "expiry-becomes-message", Severity.INFO)
def expiry_becomes_message(topology: Topology) -> Iterator[Finding]:
    for connection in readings(topology):
        table = connection.source
        if (
            not isinstance(table, Table)
            or table.ttl_attribute is None
            or (table.events and "REMOVE" not in table.events)
        ):
            continue
        (message,) = connection.delivery.messages or ("message",)
        yield Finding(
            table.at("ttl_attribute"),
            f"{reader(connection)} gets a {message} for each item of {table} that DynamoDB deletes as expired, up to days later",
            "write `stream: new-image`, or accept this finding if an item's end is what the reader waits for",
            ((connection.at("source"), f"{reader(connection)} reads the deletions"),),
        )
