"""The readers of a stream take more than its shards give.

## Why it matters

A shard hands out 2 MiB a second, and all readers that are not registered share that. Each of them reads every record, so three readers of
a stream that is well used take more than there is: they are throttled in turn and fall further behind from hour to hour, until records
expire unread. A reader that is registered (`fan_out`) has 2 MiB a second of each shard to itself.

Looked at are streams with a number of shards, and messages that state an average rate and a `max_size`, as if each were that large.

## Bad

```yaml
messages:
  Click: {schema: {type: object}, key: session, max_size: 2KiB, rate: {average: 700/s}}
producers:
  site: {type: external, principal: "111122223333", publishes: {message: Click, to: clicks}}
defaults:
  consumers: {timeout: 30s, concurrency: {reserved: 5}}
streams:
  clicks: {capacity: {shards: 2}}
consumers:
  count:
    from: &clicks
      source: clicks
      start: oldest
      batch: {partial_failures: true}
      retries: {max_retries: 5, max_age: 6h, bisect: true}
      on_failure: {none: clicks may be missed}
  rank: {from: *clicks}
  learn: {from: *clicks}
```

## Good

```yaml
messages:
  Click: {schema: {type: object}, key: session, max_size: 2KiB, rate: {average: 700/s}}
producers:
  site: {type: external, principal: "111122223333", publishes: {message: Click, to: clicks}}
defaults:
  consumers: {timeout: 30s, concurrency: {reserved: 5}}
streams:
  clicks: {capacity: {shards: 2}, fan_out: [learn]}
consumers:
  count:
    from: &clicks
      source: clicks
      start: oldest
      batch: {partial_failures: true}
      retries: {max_retries: 5, max_age: 6h, bisect: true}
      on_failure: {none: clicks may be missed}
  rank: {from: *clicks}
  learn: {from: *clicks}
```

## Source

Amazon Kinesis Data Streams Developer Guide, reading data (throughput of shared and of registered consumers):
https://docs.aws.amazon.com/streams/latest/dev/building-consumers.html
"""

from collections.abc import Iterator
from math import ceil

from penstock import resources
from penstock.diagnostics import Severity
from penstock.graph.rates import arriving
from penstock.hops.stream_function import reader, sharing
from penstock.kinds import Stream
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_size


@rule("CAP007", "readers-exceed-shards", Severity.WARNING)
def readers_exceed_shards(topology: Topology) -> Iterator[Finding]:
    most = resources.limit("kinesis.shard_read_bytes_per_second")
    for stream in topology.of(Stream):
        readers = sharing(stream, topology)
        messages = [message for message in arriving(stream, topology) if message.rate]
        written = sum((message.rate.average or 0) * (message.wire_size or 0) for message in messages if message.rate)
        taken = written * len(readers)
        if stream.shards is None or taken <= most * stream.shards:
            continue
        yield Finding(
            stream.at("capacity"),
            f"{len(readers)} readers take up to {_size(taken)} a second of {stream} together, {_size(written)} each, but its "
            f"{stream.shards} shards give {show_size(most * stream.shards)}: they are throttled, and fall behind until records expire",
            f"give one of them a throughput of its own, with `fan_out`, or write `capacity: {{shards: {ceil(taken / most)}}}`",
            tuple((connection.at("source"), f"{reader(connection)} reads it") for connection in readers),
        )


def _size(count: float) -> str:
    return show_size(ceil(count / 1024) * 1024)
