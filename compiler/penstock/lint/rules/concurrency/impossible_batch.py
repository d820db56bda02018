"""A function asks for batches that Lambda does not make.

## Why it matters

One receive of SQS returns at most 10 messages, so Lambda makes larger batches only if it may wait for them: `window` must be at least
1 s. On FIFO queues a batch has at most 10 messages and there is no window. The event source mapping is refused, and with it the
deployment.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 100, partial_failures: true}, max_concurrency: 10}
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
    from: {source: fulfilment, batch: {size: 100, window: 5s, partial_failures: true}, max_concurrency: 10}
```

## Source

AWS Lambda Developer Guide, Creating and configuring an Amazon SQS event source mapping:
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.hops.queue_function import Poll, polls
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("LAM005", "impossible-batch", Severity.ERROR)
def impossible_batch(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        for poll in polls(function, topology):
            yield from _of_fifo(poll) if poll.queue.fifo else _of_standard(poll)


def _of_fifo(poll: Poll) -> Iterator[Finding]:
    batch, connection = poll.connection.delivery.batch, poll.connection
    most = resources.limit("lambda.sqs_max_batch_fifo")
    if batch.size > most:
        text = f"{poll.function} asks for {batch.size:,} messages at once, but a batch of FIFO {poll.queue} has at most {most}"
        yield Finding(connection.at("batch", "size"), text, f"write `size: {most}` or less")
    if batch.window:
        waits = show_duration(batch.window)
        text = f"{poll.function} waits {waits} for a batch to fill, but on FIFO {poll.queue} Lambda does not wait"
        yield Finding(connection.at("batch", "window"), text, "remove `window`")


def _of_standard(poll: Poll) -> Iterator[Finding]:
    batch, connection = poll.connection.delivery.batch, poll.connection
    most = resources.limit("lambda.sqs_batch_without_window")
    if batch.size > most and not batch.window:
        yield Finding(
            connection.at("batch", "size"),
            f"{poll.function} asks for {batch.size:,} messages of {poll.queue} at once, but Lambda hands over {most} at most if it "
            "may not wait for more",
            f"write a `window` of 1s or more, or `size: {most}` or less",
        )
