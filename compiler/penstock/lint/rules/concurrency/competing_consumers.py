"""Several consumers poll one queue and take each other's messages.

## Why it matters

A queue gives each message to one receiver. Two consumers on one queue each get a part of the messages, at random: what the one should
have done with the others never happens, and nothing fails. A topic or a bus with one queue for each function gives every message to
both. The same function twice on one queue is refused by Lambda.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders:
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
  invoice:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
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
  invoicing:
    from: {source: orders, dlq: {retention: 14d}}
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
  invoice:
    from: {source: invoicing, batch: {size: 10, partial_failures: true}, max_concurrency: 10}
```

## Source

Amazon SNS Developer Guide, Fanout Amazon SNS notifications to Amazon SQS queues for asynchronous processing:
https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.receiving import receptions
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("LAM006", "competing-consumers", Severity.ERROR)
def competing_consumers(topology: Topology) -> Iterator[Finding]:
    for queue in topology.of(Queue):
        readers = sorted(receptions(queue, topology), key=lambda reader: reader.target.name)
        if len(readers) < 2:  # noqa: PLR2004 - one is alone, two compete
            continue
        names = list(dict.fromkeys(str(reader.target) for reader in readers))
        fault, help_ = f"{names[0]} polls {queue} twice, which Lambda refuses", "merge the two `from` entries"
        if len(names) > 1:
            fault = f"{', '.join(names[:-1])} and {names[-1]} poll {queue}: each message reaches only one of them, at random"
            help_ = "put a topic or a bus in front, with a queue for each of them"
        first, second, *others = readers
        yield Finding(
            second.at("source"),
            fault,
            help_,
            tuple((other.at("source"), f"{other.target} polls it here") for other in (first, *others)),
        )
