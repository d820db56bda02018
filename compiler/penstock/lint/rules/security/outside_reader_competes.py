"""Others may receive from a queue, and so take messages away from its consumer.

## Why it matters

A queue gives each message to one reader. Whoever may receive from it gets a part of the messages, of which the consumer here never learns:
no copy is left, no dead letter and no alarm. Who is to have the messages too needs a queue of their own, behind a topic or a bus.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    visibility_timeout: 3m
    dlq: {max_receives: 5}
    allow: {subscribe: ["444455556666"]}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {allow: {subscribe: ["444455556666"]}}
queues:
  fulfilment:
    from: {source: orders, dlq: {}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SQS Developer Guide, visibility timeout (a received message is hidden from all other consumers):
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("SEC001", "outside-reader-competes", Severity.WARNING)
def outside_reader_competes(topology: Topology) -> Iterator[Finding]:
    for queue in topology.of(Queue):
        readers = [one for one in topology.outgoing(queue) if one.target.word != "external consumer"]
        if not queue.allowance.subscribe or not readers:
            continue
        who = ", ".join(queue.allowance.subscribe)
        yield Finding(
            queue.at("allow", "subscribe"),
            f"{who} may receive from {queue}: a message that they take never comes to {readers[0].target}",
            "let a topic or a bus give them copies of their own, or let nobody else receive from this queue",
            tuple((one.at(), f"{one.target} reads it") for one in readers),
        )
