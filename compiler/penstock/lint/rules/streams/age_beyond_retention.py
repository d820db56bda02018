"""A stream forgets its records before their retries may end.

## Why it matters

`max_age` says when a record is given up that does not go through: then the shard goes on, and `on_failure` is told. If the stream keeps
records no longer than that, they are gone before, and the bound is none: a reader that is throttled holds up its shard until retention
ends, what it loses is reported to nobody, and the records behind are about to be lost too.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
streams:
  orders: {retention: 3d}
consumers:
  count:
    from:
      source: orders
      start: oldest
      batch: {partial_failures: true}
      retries: {max_retries: 10, max_age: 7d, bisect: true}
      on_failure: {}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
streams:
  orders: {retention: 3d}
consumers:
  count:
    from:
      source: orders
      start: oldest
      batch: {partial_failures: true}
      retries: {max_retries: 10, max_age: 1d, bisect: true}
      on_failure: {}
```

## Source

AWS Lambda Developer Guide, Retain discarded batch records for a Kinesis data stream event source in Lambda:
https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.stream_function import reader, readings
from penstock.kinds import Stream, Table
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology
from penstock.model.units import show_duration, write_duration


@rule("KIN013", "age-beyond-retention", Severity.WARNING)
def age_beyond_retention(topology: Topology) -> Iterator[Finding]:
    for connection in readings(topology):
        stream, age = connection.source, connection.delivery.max_age
        kept = stream.retention if isinstance(stream, Stream | Table) else None
        if age is None or kept is None or age < kept:
            continue
        place = connection.at("retries", "max_age")
        yield Finding(
            place,
            f"{reader(connection)} gives a record of {stream} up when it is {show_duration(age)} old, but the stream forgets it after "
            f"{show_duration(kept)}: what is held up until then is lost, and nobody is told",
            f"write a `max_age` that is shorter than the retention, such as `max_age: {write_duration(kept // 4)}`",
            ((stream.at("retention"), f"kept for {show_duration(kept)}"),),
            write(place, write_duration(kept // 4), safe=False),
        )
