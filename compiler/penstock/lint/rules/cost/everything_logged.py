"""Each of very many deliveries is logged.

## Why it matters

A log of deliveries answers whether a message went out, and a sample answers how they go in general; failures are logged whatever the
sample is. At hundreds of messages a second a log of each success is tens of millions of records a day, which cost more than the
deliveries.

## Bad

```yaml
messages:
  OrderPlaced:
    schema: {type: object, required: [order_id], properties: {order_id: {type: string}}}
    key: order_id
    idempotency_key: order_id
    max_size: 2KiB
    rate: {average: 300/s, peak: 600/s}
producers:
  shop: {type: external, principal: "arn:aws:iam::111122223333:role/shop", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders:
    delivery_logging: {sqs: 100}
queues:
  fulfilment: {from: {source: orders, dlq: {}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
messages:
  OrderPlaced:
    schema: {type: object, required: [order_id], properties: {order_id: {type: string}}}
    key: order_id
    idempotency_key: order_id
    max_size: 2KiB
    rate: {average: 300/s, peak: 600/s}
producers:
  shop: {type: external, principal: "arn:aws:iam::111122223333:role/shop", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders:
    delivery_logging: {sqs: 1}
queues:
  fulfilment: {from: {source: orders, dlq: {}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SNS Developer Guide, message delivery status (sample rate of successful deliveries):
https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.kinds import Bus, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.component import Component
from penstock.model.origin import Place
from penstock.model.topology import Topology

_OFTEN = 100
"""Messages a second, in the long run."""
_SAMPLE = 50
_DAY = 86_400


@rule("CST004", "everything-logged", Severity.INFO)
def everything_logged(topology: Topology) -> Iterator[Finding]:
    for topic in topology.of(Topic):
        protocol = max(topic.delivery_logging, key=lambda name: topic.delivery_logging[name], default=None)
        if protocol and topic.delivery_logging[protocol] >= _SAMPLE:
            place = topic.at("delivery_logging", protocol)
            yield from _finding(
                topic, place, f"{topic.delivery_logging[protocol]} % of the deliveries", "a few per cent", topology
            )
    for bus in topology.of(Bus):
        if bus.logging and bus.logging.level != "error":
            yield from _finding(bus, bus.at("logging", "level"), "every event", "`level: error`", topology)


def _finding(channel: Component, place: Place, what: str, instead: str, topology: Topology) -> Iterator[Finding]:
    rate = sum(message.rate.average or 0 for message in flow(topology).at[channel] if message.rate)
    if rate >= _OFTEN:
        yield Finding(
            place,
            f"{what} of {channel} is logged: {rate:,.0f} messages a second are {rate * _DAY / 1e6:,.0f} million a day",
            f"write {instead}: failures are logged all the same",
        )
