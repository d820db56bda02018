"""Senders to a FIFO topic or queue have no deduplication id to give.

## Why it matters

A FIFO topic or queue takes a message only with a deduplication id. Either AWS makes it of the content, or the sender
gives one; the default is that the sender gives it. A message without an `idempotency_key` has nothing to make an id
of: the call is refused, or one constant stands in, and then all but one message of five minutes are taken for copies
and dropped.

Where nobody sends directly to a FIFO queue the rule is silent: a FIFO topic hands its own ids on.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: ledger}}
queues:
  ledger:
    fifo: {}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  book:
    from: {source: ledger, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: ledger}}
queues:
  ledger:
    fifo: {deduplication: content}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  book:
    from: {source: ledger, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SQS Developer Guide, using the message deduplication ID:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.hops.matching import by_rule
from penstock.kinds import Queue, Topic
from penstock.lint.rule import Finding, rule, write
from penstock.model.component import Connection, Publication
from penstock.model.topology import Topology


@rule("ORD003", "fifo-without-deduplication", Severity.ERROR)
def fifo_without_deduplication(topology: Topology) -> Iterator[Finding]:
    channels: tuple[Topic | Queue, ...] = (*topology.of(Topic), *topology.of(Queue))
    for channel in channels:
        if channel.fifo is None or channel.fifo.deduplication == "content":
            continue
        senders = _senders(channel, topology)
        keyless = [sender for sender in senders if _message_without_key(sender, topology)]
        names = sorted({_message_without_key(sender, topology) for sender in keyless})
        place = channel.at("fifo", "deduplication")
        if senders and not channel.states("fifo", "deduplication"):
            yield Finding(
                place,
                f"FIFO {channel} does not say what tells copies apart: by AWS's default every sender must give a "
                "deduplication id, and a message without one is refused",
                "write `deduplication: content` if no two different messages have the same content, or "
                "`deduplication: explicit` to make the id of the message's `idempotency_key`",
                fix=write(place, "content", safe=False),
            )
        elif keyless:
            yield Finding(
                place,
                f"FIFO {channel} wants a deduplication id from its senders, but {' and '.join(names)} "
                f"{'has' if len(names) == 1 else 'have'} no `idempotency_key` to make it of",
                "add an `idempotency_key` to the message, or write `deduplication: content`",
                tuple((sender.at("message"), f"{sender.source} sends it") for sender in keyless),
            )


def _senders(channel: Topic | Queue, topology: Topology) -> list[Connection]:
    """Who sends directly; nobody where a bus does too, because that is a fault of its own (ORD005)."""
    incoming = topology.incoming(channel)
    if any(by_rule(connection) and connection.delivery.enabled for connection in incoming):
        return []
    return [connection for connection in incoming if isinstance(connection.settings, Publication)]


def _message_without_key(sender: Connection, topology: Topology) -> str:
    """The message that a sender of the topology cannot make an id for; an outsider makes ids of his own, a schedule of the time."""
    if sender.source.word in {"external producer", "schedule"}:
        return ""
    return next((message.name for message in flow(topology).on[sender] if message.idempotency_key is None), "")
