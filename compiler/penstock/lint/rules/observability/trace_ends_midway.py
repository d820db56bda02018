"""Traces end in the middle of the way.

## Why it matters

With `tracing: true` X-Ray shows the way of a message from function to function, through queues, topics and buses. A function without it is
the end of that way: whoever looks for the reason why an order was late sees how it was sent, and nothing of what took so long. Traces are
worth as much as the part of the way that they cover; `defaults: {consumers: {tracing: true}}` is one line.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: intake}}
defaults:
  consumers: {timeout: 30s}
  queues: {visibility_timeout: 3m, dlq: {max_receives: 5}}
queues:
  intake: {}
  orders: {}
consumers:
  check:
    from: {source: intake, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    tracing: true
    publishes: {message: OrderPlaced, to: orders}
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: intake}}
defaults:
  consumers: {timeout: 30s, tracing: true}
  queues: {visibility_timeout: 3m, dlq: {max_receives: 5}}
queues:
  intake: {}
  orders: {}
consumers:
  check:
    from: {source: intake, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    publishes: {message: OrderPlaced, to: orders}
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
```

## Source

AWS Lambda Developer Guide, visualize Lambda function invocations using AWS X-Ray:
https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Bus, Function, Queue, Topic
from penstock.lint.rule import Finding, rule, write
from penstock.model.component import Component
from penstock.model.topology import Topology


@rule("OBS025", "trace-ends-midway", Severity.INFO)
def trace_ends_midway(topology: Topology) -> Iterator[Finding]:
    came_from: dict[Component, Function] = {}
    for function in topology.of(Function):
        if function.tracing:
            came_from.update(dict.fromkeys(_reached(function, topology, came_from), function))
    for reached, sender in came_from.items():
        if isinstance(reached, Function) and not (reached.tracing or reached.existing or reached.imported):
            place = reached.at("tracing")
            yield Finding(
                place,
                f"what {sender} sends is traced as far as {reached}, which is not",
                "write `tracing: true` here too, or once for all under `defaults`",
                ((sender.at("tracing"), "traced here"),),
                write(place, "true", safe=False),
            )


def _reached(sender: Function, topology: Topology, known: dict[Component, Function]) -> list[Component]:
    """The channels and functions to which the trace of a function goes on. Linear: what is known is not looked at again."""
    found: dict[Component, None] = {}
    pending: list[Component] = [sender]
    while pending:
        for connection in topology.outgoing(pending.pop()):
            receiver = connection.target
            if receiver in found or receiver in known or not isinstance(receiver, Bus | Function | Queue | Topic):
                continue
            found[receiver] = None
            if not isinstance(receiver, Function):
                pending.append(receiver)
    return list(found)
