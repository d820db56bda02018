"""A batch of a stream that is given up is passed over, and nobody is told.

## Why it matters

When a batch has used up its retries or is too old, Lambda goes on with the next one. Without `on_failure` nothing says which records
were passed over: they stay in the stream for a while, unread, and are gone when its retention ends. With it a queue gets their place in
the stream, from which they can be looked up.

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
      retries: {max_retries: 10, max_age: 6h, bisect: true}
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
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("RTY005", "failed-batches-dropped", Severity.ERROR)
def failed_batches_dropped(topology: Topology) -> Iterator[Finding]:
    for connection in readings(topology):
        if not is_bounded(connection) or connection.delivery.dlq is not None or connection.delivery.bucket:
            continue
        yield Finding(
            connection.at("on_failure"),
            f"a batch of {connection.source} on which {reader(connection)} fails is passed over after its retries, and nobody is told",
            "write `on_failure: {}` in this `from` entry, or `on_failure: {none: why}` if that loss is wanted",
        )
