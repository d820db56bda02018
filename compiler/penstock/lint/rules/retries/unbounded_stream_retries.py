"""A failing record of a stream stops its shard until the stream forgets it.

## Why it matters

Where nothing is said Lambda tries a failed batch again without end. One record that no attempt can handle then holds up all that follows
it in its shard, until the retention of the stream ends. By then the records behind it are nearly as old: they are read in a hurry, or are
gone. Nobody is told which record it was either, because Lambda reports only what it gives up.

## Bad

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
      batch: {partial_failures: true}
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
      batch: {partial_failures: true}
      retries: {max_retries: 10, max_age: 6h, bisect: true}
      on_failure: {}
```

## Source

AWS Lambda Developer Guide, Retain discarded batch records for a Kinesis data stream event source in Lambda:
https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.stream_function import is_bounded, reader, readings
from penstock.kinds import Stream, Table
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("RTY003", "unbounded-stream-retries", Severity.WARNING)
def unbounded_stream_retries(topology: Topology) -> Iterator[Finding]:
    for connection in readings(topology):
        stream = connection.source
        if is_bounded(connection) or not isinstance(stream, Stream | Table):
            continue
        age = "as old as the stream keeps it"
        kept = None
        if stream.retention is not None:
            age = f"{show_duration(stream.retention)} old"
            kept = stream.at("retention"), f"{stream} keeps records for {show_duration(stream.retention)}"
        yield Finding(
            connection.at("retries"),
            f"a record of {stream} on which {reader(connection)} fails holds up its shard until it is "
            f"{age}: its retries have no bound",
            "write `retries: {max_retries: 10, max_age: 6h, bisect: true}` and `on_failure: {}` in this `from` entry",
            (kept,) if kept else (),
        )
