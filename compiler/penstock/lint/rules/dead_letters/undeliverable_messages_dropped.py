"""What a topic or a bus cannot deliver is dropped.

## Why it matters

The dead-letter queue of a queue holds what its consumer could not handle. It never sees a message that did not get into the queue. SNS
and EventBridge give up at once what SQS refuses, because of a policy or a key that changed or a queue that is gone, and after 23 d or
24 h what fails for other reasons. Without a dead-letter queue of the delivery itself the message is then dropped.

The same holds where a function is invoked directly and Lambda refuses the message, and where an endpoint, a log group, a mail address or
somebody outside is delivered to: an endpoint that answers 400, 403 or 404 refuses the message for good.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  fulfilment:
    from: orders
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  fulfilment:
    from: {source: orders, dlq: {retention: 14d}}
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
```

## Source

Amazon SNS Developer Guide, Amazon SNS dead-letter queues, and Amazon EventBridge User Guide, Using dead-letter queues:
https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops import semantics
from penstock.hops.invoking import directs
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection, Redrive
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("DLQ007", "undeliverable-messages-dropped", Severity.WARNING)
def undeliverable_messages_dropped(topology: Topology) -> Iterator[Finding]:
    delivered = (
        one
        for one in topology.connections
        if one.target.word in _DELIVERED.get(one.source.arn_word or one.source.word, ())
    )
    for connection in (*delivered, *_direct(topology)):
        if connection.delivery.dlq is not None or not connection.delivery.enabled or not _is_ours(connection):
            continue
        promise = semantics(connection, topology)
        if promise is None:
            continue
        yield Finding(
            connection.at("dlq"),
            f"what {connection.source} cannot deliver to {connection.target} is dropped: {promise.retried_by} gives up after "
            f"{promise.attempts or 0:,} attempts or {show_duration(promise.window or 0)}, and at once where {_refuser(connection)} refuses "
            "the message",
            "write `dlq: {retention: 14d}` in this `from` entry, or `dlq: {none: why}` if that loss is wanted",
        )


_DELIVERED = {
    "topic": ("queue", "email", "endpoint", "external consumer"),
    "bus": ("queue", "topic", "stream", "bus", "endpoint", "external consumer", "log"),
    "bucket": ("queue", "topic", "stream", "endpoint", "log"),
}


def _is_ours(connection: Connection) -> bool:
    """Whether the delivery is the topology's to set: those outside who subscribe by themselves have their own dead letters.

    Where an endpoint has no retries of its own either, that is a fault of its own (RTY011).
    """
    if connection.source.word != "topic":
        return True
    if connection.target.word == "endpoint":
        return connection.states("retries")
    return getattr(connection.target, "endpoint", "") is not None


_REFUSERS = {
    "function": "Lambda",
    "queue": "SQS",
    "topic": "SNS",
    "stream": "Kinesis",
    "bus": "EventBridge",
    "endpoint": "it",
    "log": "CloudWatch Logs",
    "email": "the mail server",
}
"""Who says no at once, by the word of the target."""


def _refuser(connection: Connection) -> str:
    return _REFUSERS.get(connection.target.word, "its account")


def _direct(topology: Topology) -> Iterator[Connection]:
    """What invokes functions directly; where the other half of the failures is caught this half is a fault of its own (RTY014)."""
    for function in topology.of(Function):
        if not isinstance(function.redrive, Redrive):
            yield from directs(function, topology)
