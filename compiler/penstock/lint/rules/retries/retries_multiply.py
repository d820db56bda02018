"""One message that always fails makes hundreds of calls.

## Why it matters

Attempts multiply while one waits for the other: a message is handed to its function as often as the queue, the stream or Lambda allows,
and each time the function makes up to three attempts for each message that it sends on. Where what it calls is ill, this is the load that
keeps it ill, and one such message keeps a function busy for a long time before anybody may look at it. Behind the next queue, topic or
bus the count begins anew: what was accepted there is not sent again.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 200}}
  priced: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  price:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    publishes: {message: OrderPlaced, to: priced}
  ship:
    from: {source: priced, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 10}}
  priced: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  price:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    publishes: {message: OrderPlaced, to: priced}
  ship:
    from: {source: priced, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

AWS SDKs and Tools Reference Guide, retry behavior; Amazon SQS Developer Guide, using dead-letter queues:
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.nesting import worst_nestings
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection
from penstock.model.origin import Place
from penstock.model.topology import Topology


@rule("RTY001", "retries-multiply", Severity.WARNING)
def retries_multiply(topology: Topology) -> Iterator[Finding]:
    for nesting in worst_nestings(topology):
        (first, _), *inner = nesting.steps
        terms = " times ".join(f"{layer.attempts} by {layer.by}" for _, layer in nesting.steps)
        yield Finding(
            _place(first),
            f"a message of {first.source} that always fails may make {nesting.product:,} calls to {inner[-1][0].target}: {terms}",
            "allow fewer attempts at the outer end: what ten of them have not mended needs somebody to look at it",
            tuple((connection.at(), f"{layer.attempts} attempts, each time") for connection, layer in inner),
        )


def _place(connection: Connection) -> Place:
    if isinstance(connection.source, Queue):
        return connection.source.at("dlq", "max_receives")
    return connection.at("retries", "max_retries")
