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
from penstock.hops.invoking import directs
from penstock.hops.queue_function import polls
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("LAM002", "function-without-concurrency", Severity.ERROR)
def function_without_concurrency(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        if function.reserved != 0:
            continue
        fates = list(_fates(function, topology))
        yield Finding(
            function.at("concurrency", "reserved"),
            f"{function} has a reserved concurrency of 0, so it never runs{': ' if fates else ''}{'; '.join(fates)}",
            f"write a number above 0{', or stop deliveries with `enabled: false` in the `from` entry' if fates else ''}",
        )


def _fates(function: Function, topology: Topology) -> Iterator[str]:
    """What becomes of the messages that are meant for a function that never runs."""
    if queues := ", ".join(str(queue) for queue, _, _ in polls(function, topology)):
        yield f"every message of {queues} is received, refused and given up"
    if sources := ", ".join(str(connection.source) for connection in directs(function, topology)):
        queue = topology.dead_letter_queue(function.redrive)
        yield f"every message of {sources} {f'goes to {queue}' if queue else 'is dropped'}"
