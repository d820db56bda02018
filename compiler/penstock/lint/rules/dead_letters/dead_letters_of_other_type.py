"""A FIFO queue or topic has a standard dead-letter queue, or the other way round.

## Why it matters

SQS moves messages only from a FIFO queue to a FIFO queue and from a standard queue to a standard queue; a subscription of a FIFO topic
takes a FIFO dead-letter queue, one of a standard topic a standard one; EventBridge takes standard queues alone, and so does Lambda for
the invocations that it gives up. Everything else fails when it is deployed, or loses the message when it is first needed. A dead-letter
queue that the topology writes inline always has the right type.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: ledger}}
queues:
  ledger:
    fifo: {deduplication: content}
    dlq: {queue: failed, max_receives: 5}
  failed: {role: dead-letters, retention: 14d}
consumers:
  book:
    from: {source: ledger, batch: {size: 1, partial_failures: true}, max_concurrency: 10}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: ledger}}
queues:
  ledger:
    fifo: {deduplication: content}
    dlq: {queue: failed, max_receives: 5}
  failed: {role: dead-letters, retention: 14d, fifo: {deduplication: content}}
consumers:
  book:
    from: {source: ledger, batch: {size: 1, partial_failures: true}, max_concurrency: 10}
```

## Source

Amazon SNS Developer Guide, Amazon SNS dead-letter queues, and Amazon SQS API Reference, SetQueueAttributes:
https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Function, Queue, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.component import Absent, Component, Connection, Delivery, Redrive
from penstock.model.origin import Place
from penstock.model.topology import Topology


@rule("DLQ003", "dead-letters-of-other-type", Severity.ERROR)
def dead_letters_of_other_type(topology: Topology) -> Iterator[Finding]:
    for giver, redrive in _redrives(topology):
        dlq = topology.dead_letter_queue(redrive)
        if not isinstance(redrive, Redrive) or _is_fifo(dlq) == _is_fifo(giver):
            continue
        wanted = _type(giver)
        reason = f"{giver} is {wanted}" if isinstance(giver, Queue | Topic) else f"{giver} takes standard queues alone"
        yield Finding(
            Place(redrive.origin, ("queue",)),
            f"dead-letter {dlq} is {_type(dlq)}, but {reason}: AWS does not join the two",
            f"name a {wanted} queue, or write the dead-letter queue inline: it takes the right type by itself",
            ((dlq.at("fifo"), f"{dlq} is {_type(dlq)}"),) if dlq else (),
        )


def _redrives(topology: Topology) -> Iterator[tuple[Component, Redrive | Absent | None]]:
    for giver in (one for one in topology.components.values() if one.word in {"schedule", "bus"}):
        yield giver, giver.redrive
    for queue in topology.of(Queue):
        yield queue, queue.redrive
    for function in topology.of(Function):
        yield function, function.redrive
    for connection in topology.connections:
        if isinstance(connection.settings, Delivery) and not _is_fault_itself(connection):
            yield connection.source, connection.settings.dlq


def _is_fault_itself(connection: Connection) -> bool:
    """Whether the delivery cannot be, so that its dead letters are no matter: ORD001, ORD003."""
    if not isinstance(connection.source, Topic):
        return False
    if isinstance(connection.target, Function):
        return connection.source.fifo is not None
    return _is_fifo(connection.target) and connection.source.fifo is None


def _is_fifo(component: Component | None) -> bool:
    return isinstance(component, Queue | Topic) and component.fifo is not None


def _type(component: Component | None) -> str:
    return "FIFO" if _is_fifo(component) else "standard"
