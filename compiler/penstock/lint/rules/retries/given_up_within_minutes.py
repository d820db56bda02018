"""An outage of some minutes is enough for a message to be given up.

## Why it matters

A message that fails is received once per visibility timeout, as often as `max_receives` says. With a short timeout all of its attempts
are over within a few minutes. If what fails is a partner or a database that is away for a quarter of an hour, every message that arrives
meanwhile uses up its attempts and ends in the dead-letter queue, from where somebody has to send all of them back, although none of them
was wrong. Nothing but the product counts: more receives, or a longer visibility timeout, let messages outlast an outage.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 30s, dlq: {max_receives: 5}}
consumers:
  charge:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 5s
    effects: [the card]
    idempotency: {strategy: client-key, key: order_id}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 10}}
consumers:
  charge:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 5s
    effects: [the card]
    idempotency: {strategy: client-key, key: order_id}
```

## Source

Amazon SQS Developer Guide, Amazon SQS visibility timeout, and Using dead-letter queues:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from collections.abc import Iterator
from math import ceil

from penstock.diagnostics import Severity
from penstock.hops.receiving import receptions
from penstock.kinds import Queue, Workload
from penstock.lint.rule import Finding, rule
from penstock.model.component import Redrive
from penstock.model.topology import Topology
from penstock.model.units import show_duration

_OUTAGE = 300


@rule("RTY023", "given-up-within-minutes", Severity.INFO)
def given_up_within_minutes(topology: Topology) -> Iterator[Finding]:
    for queue in topology.of(Queue):
        receives = queue.redrive.max_receives if isinstance(queue.redrive, Redrive) else None
        needs = [(reader, effect) for reader in _readers(queue, topology) for effect in reader.effects]
        outside = [(reader, effect) for reader, effect in needs if effect not in topology.components]
        if receives is None or queue.visibility_timeout is None or not outside:
            continue
        lasts = receives * queue.visibility_timeout
        if lasts >= _OUTAGE:
            continue
        (reader, effect), default = outside[0], "" if queue.states("visibility_timeout") else ", the default"
        yield Finding(
            queue.at("dlq", "max_receives"),
            f"when {effect!r} is away for {show_duration(lasts)} {queue} has given up every message that {reader} needs it for: "
            f"{receives} receives, {show_duration(queue.visibility_timeout)} apart{default}",
            f"write `max_receives: {ceil(_OUTAGE / queue.visibility_timeout)}` or more, or a longer `visibility_timeout`",
            ((reader.at("effects"), f"{reader} fails when this is away"),),
        )


def _readers(queue: Queue, topology: Topology) -> Iterator[Workload]:
    for connection in receptions(queue, topology):
        if isinstance(connection.target, Workload):
            yield connection.target
