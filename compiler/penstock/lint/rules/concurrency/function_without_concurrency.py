"""A function has a reserved concurrency of zero: it never runs.

## Why it matters

Lambda refuses every invocation of such a function. Callers get errors, and a queue in front of it is read all the same: each refused
batch uses up one receive of its messages, until all of them lie in the dead-letter queue, or are deleted where there is none.

What a topic or a bus brings goes straight to `on_failure` of its `async`, or is dropped.

To stop a consumer without harm, switch its delivery off: `from: {source: ..., enabled: false}`.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    dlq: {max_receives: 5}
consumers:
  fulfil:
    concurrency: {reserved: 0}
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    dlq: {max_receives: 5}
consumers:
  fulfil:
    concurrency: {reserved: 10}
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
```

## Source

AWS Lambda Developer Guide, Configuring reserved concurrency for a function:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.queue_function import polls
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("LAM002", "function-without-concurrency", Severity.ERROR)
def function_without_concurrency(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        if function.reserved != 0:
            continue
        sources = ", ".join(str(queue) for queue, _, _ in polls(function, topology))
        fate = f": every message of {sources} is received, refused and given up" if sources else ""
        yield Finding(
            function.at("concurrency", "reserved"),
            f"{function} has a reserved concurrency of 0, so it never runs{fate}",
            f"write a number above 0{', or stop deliveries with `enabled: false` in the `from` entry' if sources else ''}",
        )
