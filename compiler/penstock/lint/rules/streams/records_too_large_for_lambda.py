"""A stream takes records that its functions can never get.

## Why it matters

Lambda invokes a function with 6 MiB at most, and a record travels in base64, which makes it a third larger. A record above about
4.5 MiB is in the stream, but no function can be invoked with it: Lambda gives it up, and without `on_failure` nobody hears of it.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
streams:
  orders: {retention: 7d, max_record_size: 10MiB}
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
  orders: {retention: 7d, max_record_size: 4MiB}
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

Amazon Kinesis Data Streams Developer Guide, Process large records:
https://docs.aws.amazon.com/streams/latest/dev/large-records.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.hops.stream_function import function_readings
from penstock.kinds import Stream
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("KIN005", "records-too-large-for-lambda", Severity.WARNING)
def records_too_large_for_lambda(topology: Topology) -> Iterator[Finding]:
    most = resources.limit("kinesis.max_lambda_record")
    for stream in topology.of(Stream):
        readers = function_readings(stream, topology)
        if stream.max_record <= most or not readers:
            continue
        yield Finding(
            stream.at("max_record_size"),
            f"{stream} takes records of {stream.max_record / 2**20:g} MiB, but Lambda cannot invoke {readers[0].target} with more than "
            "about 4.5 MiB: a larger one is given up untried",
            "write `max_record_size: 4MiB`, or keep large payloads in a bucket and send where they are",
            tuple((reader.at("source"), f"{reader.target} reads it here") for reader in readers),
        )
