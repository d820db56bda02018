"""Of the two ways to fail of a direct delivery only one is caught.

## Why it matters

A message that a topic or a bus brings to a function can fail at two places. Lambda may not take it, because a permission is gone or the
function is: the dead-letter queue of the delivery catches that, `dlq` of the `from` entry. Or Lambda has taken it and the function fails:
`on_failure` of the function's `async` catches that. Neither sees what the other one catches. With one of the two half of the failures are
dropped, and a queue that stays empty looks as if nothing ever failed.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
consumers:
  fulfil:
    from: {source: orders, dlq: {retention: 14d}}
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

AWS Lambda Developer Guide, Capturing records of Lambda asynchronous invocations, and Amazon SNS Developer Guide, dead-letter queues:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.invoking import directs
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule
from penstock.model.component import Redrive
from penstock.model.topology import Topology


@rule("RTY014", "half-of-failures-dropped", Severity.ERROR)
def half_of_failures_dropped(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        sources = directs(function, topology)
        if isinstance(function.redrive, Redrive):
            for connection in sources:
                if connection.delivery.dlq is None:
                    yield Finding(
                        connection.at("dlq"),
                        f"what {connection.source} cannot hand to Lambda is dropped: queue {function.redrive.queue!r} gets only "
                        f"messages on which {function} failed",
                        "write `dlq: {retention: 14d}` in this `from` entry, or `dlq: {none: why}` if that loss is wanted",
                        ((function.at("async", "on_failure"), "this catches the other half"),),
                    )
            continue
        caught = [connection for connection in sources if isinstance(connection.delivery.dlq, Redrive)]
        if function.redrive is None and caught and not function.existing:
            yield Finding(
                function.at("async", "on_failure"),
                f"messages on which {function} fails are dropped: the dead-letter queue of its delivery from "
                f"{caught[0].source} gets only what Lambda did not take",
                "write `async: {on_failure: {retention: 14d}}`, or `async: {on_failure: {none: why}}` if that loss is wanted",
                tuple((connection.at("dlq"), "this catches the other half") for connection in caught),
            )
