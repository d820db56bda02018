"""A message on which a directly invoked function fails is dropped.

## Why it matters

A topic or a bus hands a message to Lambda and is done with it. When the function then raises or runs out of time, Lambda invokes it again
after one minute and after two more, and drops the message after that; what is throttled it tries for 6 h. No queue holds the message
meanwhile, and neither SNS nor EventBridge ever learns of the failure. A bug in the function, or an hour in which a database is away, loses
all that was sent in that time.

Where the function stands behind a queue the message waits there instead, for days.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
consumers:
  fulfil:
    from: {source: orders, dlq: {none: the shop sends all orders again every night}}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
consumers:
  fulfil:
    from: {source: orders, dlq: {retention: 14d}}
    async: {on_failure: {retention: 14d}}
```

## Source

AWS Lambda Developer Guide, How Lambda handles errors and retries with asynchronous invocation:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.invoking import directs
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule
from penstock.model.component import Redrive
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("RTY013", "failed-invocations-dropped", Severity.ERROR)
def failed_invocations_dropped(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        sources = directs(function, topology)
        if not sources or function.existing or function.redrive is not None:
            continue
        if any(isinstance(connection.delivery.dlq, Redrive) for connection in sources):
            continue  # RTY014
        retries, age = function.invocations
        times = "once" if retries == 0 else f"{retries + 1} times"
        yield Finding(
            function.at("async", "on_failure"),
            f"{sources[0].source} invokes {function} directly: a message on which it fails is tried {times}, or for "
            f"{show_duration(age)} while it is throttled, and then dropped",
            "write `async: {on_failure: {retention: 14d}}`, or `async: {on_failure: {none: why}}` if that loss is wanted",
            tuple((connection.at("source"), f"{connection.source} invokes it") for connection in sources),
        )
