"""A FIFO channel is to keep an order that was lost before.

## Why it matters

A FIFO queue keeps the order in which messages reach it. Where they have come through a standard queue, a standard topic or a bus on
their way, that order is no longer the one in which they were sent: the change of an order may stand before the order itself, and the
FIFO channel holds it there faithfully, group by group, at a lower throughput and a higher price.

Order holds from end to end or not at all, so this rule follows each message with a `key` from its first publisher, through functions
that pass it on, to the FIFO channel behind the place at which order ends. A FIFO queue that reads a bus itself is left alone: it may be
there to have one message of a group handled at a time.

Where nothing depends on the order, because there is one message for each key, say so in a comment.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: intake}}
queues:
  intake: {visibility_timeout: 3m, dlq: {max_receives: 5}}
  ledger: {fifo: {deduplication: content}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  accept:
    from: {source: intake, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    publishes: {message: OrderPlaced, to: ledger}
  book:
    from: {source: ledger, batch: {size: 1}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: intake}}
queues:
  intake: {fifo: {deduplication: content}, visibility_timeout: 3m, dlq: {max_receives: 5}}
  ledger: {fifo: {deduplication: content}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  accept:
    from: {source: intake, batch: {size: 1}, max_concurrency: 5}
    timeout: 30s
    publishes: {message: OrderPlaced, to: ledger}
  book:
    from: {source: ledger, batch: {size: 1}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SQS Developer Guide, FIFO queue delivery logic:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
"""

from collections.abc import Iterator, Mapping

from penstock.diagnostics import Severity
from penstock.graph.order import Arrival, losses
from penstock.hops import Ordering, semantics
from penstock.kinds import Queue, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.component import Component, Connection, Publication
from penstock.model.origin import Place
from penstock.model.topology import Message, Topology


@rule("ORD010", "order-lost-upstream", Severity.WARNING)
def order_lost_upstream(topology: Topology) -> Iterator[Finding]:
    ordered = [*filter(_is_fifo, topology.of(Queue)), *filter(_is_fifo, topology.of(Topic))]
    if not ordered:
        return
    lost = losses(topology, lambda connection: _keeps(connection, topology))
    for channel in ordered:
        for connection in topology.incoming(channel):
            message = _out_of_order(connection, lost, topology)
            if message is not None:
                yield _finding(channel, message, lost[channel, message.name])
                break


def _keeps(connection: Connection, topology: Topology) -> bool:
    """Whether a hop keeps order. A schedule sends one message at a time, far apart."""
    promise = semantics(connection, topology)
    return promise is None or promise.ordering is not Ordering.NONE or connection.source.word == "schedule"


def _out_of_order(connection: Connection, lost: Mapping[Arrival, Connection], topology: Topology) -> Message | None:
    """The message with a key that a publisher passes on out of order, unless another rule says so at the place where that came about."""
    if not isinstance(connection.settings, Publication):
        return None
    message = topology.messages[connection.settings.message]
    cause = lost.get((connection.source, message.name))
    return None if message.key is None or cause is None or _is_fifo(cause.source) else message


def _is_fifo(component: Component) -> bool:
    return isinstance(component, Queue | Topic) and component.fifo is not None


def _finding(channel: Component, message: Message, cause: Connection) -> Finding:
    return Finding(
        channel.at("fifo"),
        f"FIFO {channel} is to keep {message.name} in order by {message.key!r}, but gets it out of order: order ends between "
        f"{cause.source} and {cause.target}",
        f"make {cause.target} keep it too (`fifo: {{...}}`), or accept the finding with a comment that says why the order does not matter",
        ((cause.at(), "order ends here"), (Place(message.origin, ("key",)), "this key promises an order")),
    )
