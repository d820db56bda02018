"""A backlog in a queue lets any number of invocations write to a store at once.

## Why it matters

Lambda adds invocations as long as a queue is not empty, up to 1,250 for one queue where nothing is said. After an outage or a burst all
of them write to the same table: it throttles, batches fail and come back, and every other user of the table waits. They also take the
concurrency of all other functions of the account. A bound on the source, or on the function, turns the burst into a longer queue.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment:
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}}
    effects: [shipments]
    timeout: 5s
    idempotency: {strategy: conditional-write, store: shipments}
stores:
  shipments: {type: dynamodb, key: order_id}
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
    effects: [shipments]
    timeout: 5s
    idempotency: {strategy: conditional-write, store: shipments}
stores:
  shipments: {type: dynamodb, key: order_id}
```

## Source

AWS Lambda Developer Guide, Configuring scaling behavior for SQS event source mappings:
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.hops.queue_function import Poll, polls
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule, write
from penstock.model.component import Access, Component
from penstock.model.topology import Topology


@rule("LAM004", "unbounded-writers", Severity.WARNING)
def unbounded_writers(topology: Topology) -> Iterator[Finding]:
    most = resources.limit("lambda.sqs_max_concurrency")
    for function in topology.of(Function):
        unbounded = [poll for poll in polls(function, topology) if _is_unbounded(poll)]
        stores = _written(function, topology)
        if function.existing or function.reserved is not None or not unbounded or not stores:
            continue
        first, *others = unbounded
        yield Finding(
            first.connection.at("max_concurrency"),
            f"{first.queue} may start up to {most:,} invocations of {function} at once, and all of them write to "
            f"{' and '.join(map(str, stores))}",
            "write `max_concurrency: 10` (or what the store bears) in the `from` entry, or `concurrency: {reserved: 10}` for the function",
            tuple((poll.connection.at("max_concurrency"), f"{poll.queue} has no bound either") for poll in others),
            write(first.connection.at("max_concurrency"), "10", safe=False, short="source"),
        )


def _is_unbounded(poll: Poll) -> bool:
    delivery = poll.connection.delivery
    return delivery.max_concurrency is None and delivery.pollers is None


def _written(function: Function, topology: Topology) -> list[Component]:
    return [
        connection.target
        for connection in topology.outgoing(function)
        if isinstance(connection.settings, Access) and "write" in connection.settings.ways
        if connection.target.arn_word != "bucket"  # bears any number
    ]
