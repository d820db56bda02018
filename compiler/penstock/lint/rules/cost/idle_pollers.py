"""Pollers run all the time on a queue in which little arrives.

## Why it matters

With `pollers` Lambda keeps so many pollers of a queue running, and each is paid for by the hour, whether there is something to poll or not.
They are for queues whose load rises faster than Lambda adds pollers by itself. Where a message comes every few seconds, and never
many at once, the pollers that come with the messages cost nothing more and are as quick.

Looked at are queues whose messages all state a rate; `peak` counts, where there is one.

## Bad

```yaml
messages:
  OrderPlaced:
    schema: {type: object, required: [order_id], properties: {order_id: {type: string}}}
    key: order_id
    idempotency_key: order_id
    rate: {average: 6/m}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, pollers: {min: 5, max: 20}}
    timeout: 30s
```

## Good

```yaml
messages:
  OrderPlaced:
    schema: {type: object, required: [order_id], properties: {order_id: {type: string}}}
    key: order_id
    idempotency_key: order_id
    rate: {average: 6/m}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

AWS Lambda Developer Guide, configuring scaling behavior for SQS event source mappings (provisioned mode):
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.graph.rates import arriving
from penstock.hops.queue_function import polls
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology

_LITTLE = 1
"""Messages a second."""


@rule("CST006", "idle-pollers", Severity.INFO)
def idle_pollers(topology: Topology) -> Iterator[Finding]:
    for queue in topology.of(Queue):
        for poll in polls(queue, topology):
            pollers, messages = poll.connection.delivery.pollers, flow(topology).at[queue]
            rates = arriving(queue, topology)
            if pollers is None or not messages or len(rates) != len(messages) or sum(rates.values()) >= _LITTLE:
                continue
            yield Finding(
                poll.connection.at("pollers"),
                f"{pollers.least} pollers of {queue} run for {poll.function} around the clock, but "
                f"{sum(rates.values()) * 60:,.0f} messages a minute arrive",
                "take `pollers` away: Lambda adds some by itself as messages come",
            )
