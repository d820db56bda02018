"""A queue hides a message for less time than a function may work on it.

## Why it matters

While a function still works on a message the queue shows it again, and a second invocation starts on the same message. Lambda refuses
such a pair when the event source mapping is made or changed, so the deployment fails. AWS's defaults are 30 s for the queue and 3 s for
the function.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    dlq: {max_receives: 5}
consumers:
  fulfil:
    timeout: 1m
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    visibility_timeout: 6m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    timeout: 1m
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
```

## Source

AWS Lambda Developer Guide, Creating and configuring an Amazon SQS event source mapping:
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.queue_function import advised_visibility, polls
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology
from penstock.model.units import show_duration, write_duration


@rule("VIS001", "visibility-below-function-timeout", Severity.ERROR)
def visibility_below_function_timeout(topology: Topology) -> Iterator[Finding]:
    for queue in topology.of(Queue):
        slowest = max(polls(queue, topology), key=lambda poll: poll.function.timeout or 0, default=None)
        if slowest is None or slowest.function.timeout is None or queue.visibility_timeout is None:
            continue
        if queue.visibility_timeout >= slowest.function.timeout:
            continue
        default = "" if queue.states("visibility_timeout") else " (AWS's default)"
        hidden, busy = show_duration(queue.visibility_timeout), show_duration(slowest.function.timeout)
        yield Finding(
            queue.at("visibility_timeout"),
            f"{queue} hides a message for {hidden}{default}, but {slowest.function} may work on it for {busy}: Lambda refuses "
            "to join them",
            f"write `visibility_timeout: {write_duration(advised_visibility(slowest))}`, or a shorter `timeout` for the function",
            ((slowest.function.at("timeout"), f"may work for {busy}"),),
            write(queue.at("visibility_timeout"), write_duration(advised_visibility(slowest))),
        )
