"""A queue shows messages again while Lambda still tries to hand them over.

## Why it matters

When a function is throttled Lambda keeps the batch and tries again for a while. If the visibility timeout ends before it succeeds, the
queue hands the same messages to another invocation: work is done twice, and each round uses up one receive, until sound messages lie in
the dead-letter queue. AWS advises a visibility timeout of six times the function's timeout plus the batching window. AWS's defaults are
30 s for the queue, 3 s for the function and no window.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    visibility_timeout: 1m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    timeout: 10s
    from: {source: fulfilment, batch: {size: 100, window: 20s, partial_failures: true}, max_concurrency: 10}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    visibility_timeout: 80s
    dlq: {max_receives: 5}
consumers:
  fulfil:
    timeout: 10s
    from: {source: fulfilment, batch: {size: 100, window: 20s, partial_failures: true}, max_concurrency: 10}
```

## Source

AWS Lambda Developer Guide, Creating and configuring an Amazon SQS event source mapping:
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.hops.queue_function import Poll, advised_visibility, polls
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology
from penstock.model.units import show_duration, write_duration


@rule("VIS002", "visibility-below-retries", Severity.WARNING)
def visibility_below_retries(topology: Topology) -> Iterator[Finding]:
    for queue in topology.of(Queue):
        readers = [poll for poll in polls(queue, topology) if poll.function.timeout is not None]
        slowest = max(readers, key=advised_visibility, default=None)
        if slowest is None or queue.visibility_timeout is None:
            continue
        if queue.visibility_timeout >= advised_visibility(slowest):
            continue
        if any(queue.visibility_timeout < (poll.function.timeout or 0) for poll in readers):
            continue  # VIS001
        busy = show_duration(slowest.function.timeout or 0)
        default = "" if queue.states("visibility_timeout") else " (AWS's default)"
        advised = advised_visibility(slowest)
        yield Finding(
            queue.at("visibility_timeout"),
            f"{queue} hides a message for {show_duration(queue.visibility_timeout)}{default}, but Lambda may need "
            f"{show_duration(advised)} to get it into {slowest.function} when that is throttled: {_sum(slowest, busy)}",
            f"write `visibility_timeout: {write_duration(advised)}` or more",
            ((slowest.function.at("timeout"), f"may work for {busy}"),),
            write(queue.at("visibility_timeout"), write_duration(advised)),
        )


def _sum(poll: Poll, busy: str) -> str:
    window = poll.connection.delivery.batch.window
    times = resources.limit("lambda.sqs_visibility_factor")
    text = f"{times} times its timeout of {busy}"
    return f"{text}, and a batching window of {show_duration(window)}" if window else text
