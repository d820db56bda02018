"""Failed records of a stream are gone before anybody can look them up.

## Why it matters

The queue under `on_failure` of a stream's reader does not get the records, only their shard and sequence numbers. They have to be read from
the stream again, and that works as long as its retention lasts: by default 24 h from when they were written, of which the retries have used
up a part. What fails on a Friday evening cannot be looked up on Monday morning.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
streams:
  orders: {retention: 24h}
consumers:
  count:
    from:
      source: orders
      start: oldest
      batch: {partial_failures: true}
      retries: {max_retries: 10, max_age: 6h, bisect: true}
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

AWS Lambda Developer Guide, Retain discarded batch records for a Kinesis data stream event source in Lambda:
https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.stream_function import is_bounded, reader, readings
from penstock.kinds import Outbox, Stream, Table
from penstock.lint.rule import Finding, rule, write
from penstock.model.component import Connection, Redrive
from penstock.model.topology import Topology
from penstock.model.units import show_duration

_WEEKEND = 72 * 3_600


@rule("DLQ015", "failed-batches-expire", Severity.WARNING)
def failed_batches_expire(topology: Topology) -> Iterator[Finding]:
    for connection in readings(topology):
        stream, given_up = connection.source, connection.delivery.dlq
        if not isinstance(stream, Stream | Table) or stream.retention is None or stream.retention >= _WEEKEND:
            continue
        if not isinstance(given_up, Redrive) or not is_bounded(connection):
            continue
        if isinstance(connection.target, Outbox):
            continue  # its rows are swept
        if isinstance(stream, Table):
            yield _of_table(stream, stream.retention, connection, given_up)
            continue
        default = "" if stream.states("retention") else ", the default"
        yield Finding(
            stream.at("retention"),
            f"queue {given_up.queue!r} gets only the place of failed records in {stream}, which forgets the records themselves "
            f"after {show_duration(stream.retention)}{default}",
            "write `retention: 7d` or longer for the stream: longer than it takes somebody to look",
            ((connection.at("on_failure"), f"{reader(connection)} gives batches up to it"),),
            write(stream.at("retention"), "7d", safe=False),
        )


def _of_table(table: Table, kept: int, connection: Connection, given_up: Redrive) -> Finding:
    """Nobody can make a table's stream keep changes for longer, but the item itself is there to be read."""
    return Finding(
        connection.at("on_failure"),
        f"queue {given_up.queue!r} gets only the place of failed changes of {table}, whose stream forgets them after "
        f"{show_duration(kept)}",
        "watch that queue within a day, read the items again from the table, or let a pipe bring the changes to a queue and read that",
    )
