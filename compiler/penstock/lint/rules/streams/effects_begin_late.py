"""A reader with an effect begins at the end of a stream.

## Why it matters

With `start: latest` a reader gets what is written after its first look into the stream. What was written before is passed over: while the
stack was deployed, between the deployment and the first look some minutes later, and again whenever the reader is made anew, because its
name, its `id` or its place has changed. Each of these messages lacks its effect, and nothing shows it. With `start: oldest` they are
handled; a consumer that is idempotent loses nothing by the ones that it has had.

A reader that only counts or shows what is new may begin at the end: accept this advice with a comment that says so.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
streams:
  orders: {retention: 3d}
consumers:
  invoice:
    from:
      source: orders
      start: latest
      batch: {partial_failures: true}
      retries: {max_retries: 10, max_age: 6h, bisect: true}
      on_failure: {}
    timeout: 30s
    effects: ["the ledger"]
    idempotency: {strategy: client-key, key: order_id}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
streams:
  orders: {retention: 3d}
consumers:
  invoice:
    from:
      source: orders
      start: oldest
      batch: {partial_failures: true}
      retries: {max_retries: 10, max_age: 6h, bisect: true}
      on_failure: {}
    timeout: 30s
    effects: ["the ledger"]
    idempotency: {strategy: client-key, key: order_id}
```

## Source

AWS Lambda Developer Guide, process Amazon Kinesis Data Streams records (polling and stream starting positions):
https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.stream_function import function_readings
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology


@rule("KIN017", "effects-begin-late", Severity.INFO)
def effects_begin_late(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        for connection in function_readings(function, topology) if function.effects else ():
            if connection.delivery.start == "latest":
                place = connection.at("start")
                yield Finding(
                    place,
                    f"{function} begins at the end of {connection.source}: what is written before its first look, or while it is made "
                    f"anew, never has its effect ({function.effects[0]})",
                    "write `start: oldest`",
                    fix=write(place, "oldest", safe=False),
                )
