"""More readers share a stream than its shards answer.

## Why it matters

Readers of a stream share its shards. A shard of Kinesis answers five reads a second, and each reader asks about once a second; a shard of
a table's stream bears two readers. One more, and all of them are throttled in turn: they fall behind together, whichever was the last to
come. Readers that are registered (`fan_out`) have a throughput of their own. A table's stream has no such thing: there a pipe to a topic
or a bus reads once, for any number of receivers.

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
    effects: [orders]
    idempotency: {strategy: conditional-write, store: orders}
  count:
    from: &orders
      source: orders
      messages: [OrderPlaced]
      start: oldest
      batch: {partial_failures: true}
      retries: {max_retries: 10, max_age: 6h, bisect: true}
      on_failure: {none: the items are still in the table}
  mail: {from: *orders}
  invoice: {from: *orders}
stores:
  orders: {type: dynamodb, key: order_id, stream: new-image}
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
    effects: [orders]
    idempotency: {strategy: conditional-write, store: orders}
  count:
    from: &orders
      source: orders
      messages: [OrderPlaced]
      start: oldest
      batch: {partial_failures: true}
      retries: {max_retries: 10, max_age: 6h, bisect: true}
      on_failure: {none: the items are still in the table}
  mail: {from: *orders}
stores:
  orders: {type: dynamodb, key: order_id, stream: new-image}
```

## Source

Amazon Kinesis Data Streams Developer Guide, quotas: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
Amazon DynamoDB Developer Guide, change data capture for DynamoDB Streams:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
"""

from collections.abc import Iterator
from itertools import chain

from penstock import resources
from penstock.diagnostics import Severity
from penstock.hops.stream_function import reader, sharing
from penstock.kinds import Stream, Table
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("KIN006", "crowded-stream", Severity.WARNING)
def crowded_stream(topology: Topology) -> Iterator[Finding]:
    for source in chain(topology.of(Stream), topology.of(Table)):
        kinesis = isinstance(source, Stream)
        readers = sorted(sharing(source, topology), key=lambda connection: connection.target.name)
        most = resources.limit("kinesis.shard_reads_per_second" if kinesis else "dynamodb.stream_readers")
        if len(readers) <= most:
            continue
        yield Finding(
            readers[most].at("source"),
            f"{len(readers)} readers share {source}, but each of its shards bears {most}: all of them may be throttled, and fall behind",
            "give some of them a throughput of their own, with `fan_out`"
            if kinesis
            else "let a pipe bring the changes to a topic or a bus, and the others read from there",
            tuple((other.at("source"), f"{reader(other)} reads it") for other in readers if other is not readers[most]),
        )
