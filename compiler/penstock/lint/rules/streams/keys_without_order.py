"""Messages have a key, but their stream does not go by it.

## Why it matters

With `distribution: automatic` Kinesis chooses the shard of each record and ignores its partition key. The load is even, but two
messages of one key can lie in two shards, and then the later one may be read first. No error shows it.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
streams:
  orders: {retention: 7d, distribution: automatic}
consumers:
  count:
    from:
      source: orders
      start: oldest
      batch: {size: 100, partial_failures: true}
      retries: {max_retries: 10, max_age: 6h, bisect: true}
      on_failure: {}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
streams:
  orders: {retention: 7d}
consumers:
  count:
    from:
      source: orders
      start: oldest
      batch: {size: 100, partial_failures: true}
      retries: {max_retries: 10, max_age: 6h, bisect: true}
      on_failure: {}
    timeout: 30s
```

## Source

Amazon Kinesis Data Streams API Reference, CreateStream (RecordDistributionStrategy):
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.kinds import Stream
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("KIN001", "keys-without-order", Severity.WARNING)
def keys_without_order(topology: Topology) -> Iterator[Finding]:
    for stream in topology.of(Stream):
        keyed = [message for message in flow(topology).at[stream] if message.key]
        if stream.keyed or not keyed:
            continue
        first, *others = keyed
        rest = f" and of {len(others)} more" if others else ""
        yield Finding(
            stream.at("distribution"),
            f"{stream} ignores the `key` of {first.name}{rest}: messages of one {first.key} may be read in another order",
            "write `distribution: key`, or take the `key` from messages that need no order",
        )
