"""A function with an effect has three seconds, because nothing is said.

## Why it matters

Where a function says no `timeout` Lambda ends it after 3 s. A first start, a slow answer or a full batch are enough for that, and what it
did until then is done: the message comes again and has its effect a second time, or is half done for good. How long the work may take only
its authors know; so it is worth a line.

A function that sends something is VIS017's.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  charge:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    effects: ["the card"]
    idempotency: {strategy: client-key, key: order_id}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  charge:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: ["the card"]
    idempotency: {strategy: client-key, key: order_id}
```

## Source

AWS Lambda Developer Guide, configure Lambda function timeout:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("VIS019", "three-seconds", Severity.WARNING)
def three_seconds(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        if function.existing or function.timeout is None or not function.effects or function.states("timeout"):
            continue
        if function.publications and not function.code:
            continue  # VIS017
        place = function.at("timeout")
        yield Finding(
            place,
            f"{function} has {show_duration(function.timeout)} for its effect ({function.effects[0]}), AWS's default: it is ended in the "
            "middle of the work as soon as that is slow, and the message is handled again",
            "write how long the work may take, such as `timeout: 30s`",
            fix=write(place, "30s", safe=False),
        )
