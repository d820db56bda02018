"""More is written to a stream than its shards take.

## Why it matters

A shard takes 1,000 records and 1 MiB a second. What is written faster is refused, and only writers that try again get it in, later and
out of order. A stream on demand grows by itself; a stream with `capacity: {shards: ...}` does not.

Looked at is the sum of the peaks (`rate: {peak: ...}`) of all messages that are written; bytes only where messages state a `max_size`, as
if each were that large.

## Bad

```yaml
messages:
  Click: {schema: {type: object}, key: session, max_size: 2KiB, rate: {average: 500/s, peak: 3000/s}}
producers:
  site: {type: external, principal: "111122223333", publishes: {message: Click, to: clicks}}
streams:
  clicks: {capacity: {shards: 2}}
consumers:
  count:
    from:
      source: clicks
      start: oldest
      batch: {partial_failures: true}
      retries: {max_retries: 5, max_age: 6h, bisect: true}
      on_failure: {none: clicks may be missed}
    timeout: 30s
    concurrency: {reserved: 4}
```

## Good

```yaml
messages:
  Click: {schema: {type: object}, key: session, max_size: 2KiB, rate: {average: 500/s, peak: 3000/s}}
producers:
  site: {type: external, principal: "111122223333", publishes: {message: Click, to: clicks}}
streams:
  clicks: {capacity: {shards: 6}}
consumers:
  count:
    from:
      source: clicks
      start: oldest
      batch: {partial_failures: true}
      retries: {max_retries: 5, max_age: 6h, bisect: true}
      on_failure: {none: clicks may be missed}
    timeout: 30s
    concurrency: {reserved: 8}
```

## Source

Amazon Kinesis Data Streams Developer Guide, quotas: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
"""

from collections.abc import Iterator
from math import ceil

from penstock import resources
from penstock.diagnostics import Severity
from penstock.graph.rates import arriving
from penstock.kinds import Stream
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_size


@rule("CAP002", "shards-exceeded", Severity.WARNING)
def shards_exceeded(topology: Topology) -> Iterator[Finding]:
    for stream in topology.of(Stream):
        rates = arriving(stream, topology)
        records = sum(rates.values())
        size = sum(rate * (message.wire_size or 0) for message, rate in rates.items())
        most, bytes_ = (
            resources.limit("kinesis.shard_records_per_second"),
            resources.limit("kinesis.shard_bytes_per_second"),
        )
        needed = max(ceil(records / most), ceil(size / bytes_))
        if stream.shards is None or needed <= stream.shards:
            continue
        load = f"{records:,.0f} records" + (f" and {show_size(ceil(size / 1024) * 1024)}" if size else "")
        yield Finding(
            stream.at("capacity"),
            f"{stream} gets up to {load} a second, which need {needed} shards, but it has {stream.shards}: what is above is refused",
            f"write `capacity: {{shards: {needed}}}`, or `capacity: on-demand`",
            tuple((message.at("rate"), f"up to {rate:,.0f}/s") for message, rate in rates.items()),
        )
