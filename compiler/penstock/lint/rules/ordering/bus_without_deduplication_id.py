"""EventBridge delivers to a FIFO queue that wants a deduplication id from its sender.

## Why it matters

EventBridge can give a message a group, but no deduplication id. A FIFO queue that does not make the id of the content
refuses every delivery; the deployment shows nothing of it, and the events end in the delivery's dead-letter queue or
nowhere.

Note what the content is: the whole event, in which EventBridge writes an id and a time. A publisher that sends an
event twice makes two different ones, so the queue's deduplication catches only the copies that EventBridge itself
makes.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
queues:
  ledger:
    fifo: {deduplication: explicit}
    from: {source: commerce, dlq: {none: the shop sends all orders again every night}}
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
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
queues:
  ledger:
    fifo: {deduplication: content}
    from: {source: commerce, dlq: {none: the shop sends all orders again every night}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  book:
    from: {source: ledger, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon EventBridge API Reference, SqsParameters, which has a message group and nothing else:
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_SqsParameters.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.matching import by_rule
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("ORD005", "bus-without-deduplication-id", Severity.ERROR)
def bus_without_deduplication_id(topology: Topology) -> Iterator[Finding]:
    for queue in topology.of(Queue):
        if queue.fifo is None or queue.fifo.deduplication == "content":
            continue
        buses = [connection for connection in topology.incoming(queue) if by_rule(connection)]
        if not any(connection.delivery.enabled for connection in buses):
            continue
        stated = "" if queue.states("fifo", "deduplication") else " (AWS's default, where nothing else is said)"
        yield Finding(
            queue.at("fifo", "deduplication"),
            f"FIFO {queue} wants a deduplication id from its sender{stated}, but {buses[0].source} cannot give one: "
            "every delivery is refused",
            "write `deduplication: content`",
            tuple((connection.at("source"), f"{queue} reads {connection.source} here") for connection in buses),
        )
