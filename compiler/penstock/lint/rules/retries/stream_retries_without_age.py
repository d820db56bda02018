"""The retries of a stream are counted, but not timed.

## Why it matters

`max_retries` counts invocations that failed. A batch for which Lambda cannot invoke the function at all, because it is throttled or its
role is broken, counts as no attempt, and neither does an internal error of EventBridge Pipes: only its age ends it. Without `max_age`
such a batch stops its shard until the retention of the stream ends.

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
      retries: {max_retries: 10, bisect: true}
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
Amazon EventBridge User Guide, error handling of pipes:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-error-troubleshooting.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.stream_function import reader, readings
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule, write
from penstock.model.component import Connection
from penstock.model.topology import Topology


@rule("RTY004", "stream-retries-without-age", Severity.WARNING)
def stream_retries_without_age(topology: Topology) -> Iterator[Finding]:
    for connection in readings(topology):
        delivery = connection.delivery
        if delivery.max_retries is None or delivery.max_age is not None:
            continue
        yield Finding(
            connection.at("retries", "max_age"),
            f"a batch of {connection.source} {_uncounted(connection)} is tried without end: `max_retries` does not count it, and it "
            "may get as old as the stream allows",
            "write a `max_age` beside `max_retries`, such as `max_age: 6h`",
            fix=write(connection.at("retries", "max_age"), "6h", safe=False),
        )


def _uncounted(connection: Connection) -> str:
    """What Lambda, or EventBridge Pipes, does not take for an attempt."""
    if isinstance(connection.target, Function):
        return f"for which {reader(connection)} is throttled"
    return f"that {reader(connection)} cannot hand over by a fault of EventBridge itself"
