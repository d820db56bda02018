"""The sources of a function may start more invocations than it has concurrency for.

## Why it matters

Lambda polls each queue on its own and does not look at what the function has left. What exceeds the reserved concurrency is throttled
after it was received: its messages come back later, have used up one receive, and may reach the dead-letter queue although nothing is
wrong with them. Reserve at least the sum of the sources' `max_concurrency`; for a standard queue without one Lambda starts with five
batches at once.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    dlq: {max_receives: 5}
consumers:
  fulfil:
    concurrency: {reserved: 5}
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

AWS Lambda Developer Guide, Configuring scaling behavior for SQS event source mappings:
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.hops.queue_function import Poll, polls
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("LAM003", "sources-exceed-concurrency", Severity.WARNING)
def sources_exceed_concurrency(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        readers = polls(function, topology)
        needed = sum(_concurrency(poll) for poll in readers)
        if not function.reserved or function.reserved >= needed:
            continue
        yield Finding(
            function.at("concurrency", "reserved"),
            f"{function} may run {function.reserved} times at once, but its sources may start {needed} invocations: what exceeds "
            "that is throttled, and its messages have used up a receive",
            f"write `reserved: {needed}` or more, or a lower `max_concurrency` in the `from` entries",
            tuple(
                (poll.connection.at("max_concurrency"), f"{_concurrency(poll)} from {poll.queue}") for poll in readers
            ),
        )


def _concurrency(poll: Poll) -> int:
    """How many invocations a source starts at least when it has messages; on FIFO queues that hangs on the message groups."""
    delivery = poll.connection.delivery
    if delivery.max_concurrency is not None:
        return delivery.max_concurrency
    if delivery.pollers:
        return delivery.pollers.least * int(resources.limit("lambda.poller_concurrency"))
    return 1 if poll.queue.fifo else int(resources.limit("lambda.sqs_initial_batches"))
