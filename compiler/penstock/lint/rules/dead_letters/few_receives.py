"""A queue in front of a function gives messages up after very few receives.

## Why it matters

SQS counts receives, not failures. When a function is throttled, Lambda has received the message already: it is hidden, comes back after
the visibility timeout, and has used up one receive without any code having run. With a low `max_receives` a short peak or a deployment
is enough to send sound messages to the dead-letter queue. AWS advises at least 5 for functions; SQS itself counts to 10 where nothing
is said.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    dlq: {max_receives: 2}
consumers:
  fulfil:
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
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
```

## Source

AWS Lambda Developer Guide, Creating and configuring an Amazon SQS event source mapping:
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.hops.queue_function import polls
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule, write
from penstock.model.component import Redrive
from penstock.model.origin import Place
from penstock.model.topology import Topology


@rule("DLQ005", "few-receives", Severity.WARNING)
def few_receives(topology: Topology) -> Iterator[Finding]:
    least = resources.limit("lambda.sqs_min_receives")
    for queue in topology.of(Queue):
        redrive, readers = queue.redrive, polls(queue, topology)
        receives = (redrive.max_receives if isinstance(redrive, Redrive) else None) or least
        if not isinstance(redrive, Redrive) or receives >= least or not readers:
            continue
        times = f"{receives} receive{'s' if receives > 1 else ''}"
        yield Finding(
            Place(redrive.origin, ("max_receives",)),
            f"{queue} gives a message up after {times}, and a receive counts even when {readers[0].function} was throttled "
            "and never saw the message",
            f"write `max_receives: {least}` or more",
            fix=write(Place(redrive.origin, ("max_receives",)), str(least)),
        )
