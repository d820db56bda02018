"""A stream has more shards than its function may work on at once.

## Why it matters

Lambda reads all shards of a stream side by side, and with `parallelization` several batches of each. What exceeds the function's reserved
concurrency is throttled and tried again, while its shard stands still: the function falls behind although it is fast enough, and what
becomes older than `max_age` meanwhile is given up without having been tried.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
streams:
  orders: {capacity: {shards: 4}, retention: 7d}
consumers:
  count:
    from:
      source: orders
      start: oldest
      parallelization: 2
      batch: {partial_failures: true}
      retries: {max_retries: 10, max_age: 6h, bisect: true}
      on_failure: {}
    concurrency: {reserved: 5}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
streams:
  orders: {capacity: {shards: 4}, retention: 7d}
consumers:
  count:
    from:
      source: orders
      start: oldest
      parallelization: 2
      batch: {partial_failures: true}
      retries: {max_retries: 10, max_age: 6h, bisect: true}
      on_failure: {}
    concurrency: {reserved: 8}
```

## Source

AWS Lambda Developer Guide, using Lambda to process records from Amazon Kinesis Data Streams (parallelization factor and throttling):
https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.stream_function import function_readings
from penstock.kinds import Function, Stream
from penstock.lint.rule import Finding, rule, write
from penstock.model.component import Connection
from penstock.model.topology import Topology


@rule("LAM009", "shards-exceed-concurrency", Severity.WARNING)
def shards_exceed_concurrency(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        batches = {connection: _batches(connection) for connection in function_readings(function, topology)}
        needed = sum(batches.values())
        if not function.reserved or function.reserved >= needed:
            continue
        place = function.at("concurrency", "reserved")
        yield Finding(
            place,
            f"{function} may run {function.reserved} times at once, but Lambda has {needed} batches for it at a time: the others are "
            "throttled, their shards stand still, and the function falls behind",
            f"write `reserved: {needed}` or more, or a lower `parallelization`",
            tuple((connection.at(), f"{count} from {connection.source}") for connection, count in batches.items()),
            write(place, str(needed), safe=False),
        )


def _batches(connection: Connection) -> int:
    """How many batches of a stream are worked on at once; how many shards a stream on demand has is not known, but it has one."""
    shards = connection.source.shards if isinstance(connection.source, Stream) else None
    return (shards or 1) * connection.delivery.parallelization
