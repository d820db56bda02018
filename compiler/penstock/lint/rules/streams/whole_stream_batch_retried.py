"""One record that fails brings a whole batch of a stream back.

## Why it matters

Lambda hands over up to 100 records of a stream at once where nothing else is said. If one of them fails, all of them come again, and again,
until the retries are used up; then all of them are given up, though only one was bad. With `partial_failures: true` the function says
which records failed, as the generated handler does and code of your own must, and the batch goes on from there. With `bisect: true`
Lambda splits a failed batch in two, until only the bad record is left to be given up. Both together lose the least.

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
      retries: {max_retries: 10, max_age: 6h}
      on_failure: {}
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

AWS Lambda Developer Guide, Configuring partial batch response with Kinesis Data Streams and Lambda:
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.pipe_parameters import batch_size as pipe_batch_size
from penstock.hops.stream_function import batch_size, reader, readings
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology


@rule("KIN007", "whole-stream-batch-retried", Severity.WARNING)
def whole_stream_batch_retried(topology: Topology) -> Iterator[Finding]:
    for connection in readings(topology):
        delivery = connection.delivery
        size = batch_size(connection) if isinstance(connection.target, Function) else pipe_batch_size(connection)
        if size == 1 or delivery.batch.partial_failures or delivery.bisect:
            continue
        default = "" if connection.states("batch", "size") else " (AWS's default)"
        own = isinstance(connection.target, Function) and connection.target.code is not None
        yield Finding(
            connection.at("batch", "partial_failures"),
            f"{reader(connection)} gets up to {size} records of {connection.source} at once{default}, and one that fails brings all of "
            "them back, or has all of them given up",
            "write `partial_failures: true` in the `batch` of this `from` entry, and `bisect: true` in its `retries`"
            + ("; answer with `batchItemFailures`, because the code is your own" if own else ""),
            fix=write(connection.at("batch", "partial_failures"), "true", safe=not own, short="source"),
        )
