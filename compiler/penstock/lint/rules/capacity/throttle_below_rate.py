"""A route lets through fewer requests than its messages are sent.

## Why it matters

What is above a route's `throttle` gets the answer 429. That protects what is behind, but not if the bound lies below what is sent on
average: then requests are refused all of the time, the burst that is allowed is never filled up again, and each refused client that tries
again makes it worse. A bound belongs above the average, and the burst near the peak.

Looked at are messages that come from nowhere else than this route.

## Bad

```yaml
messages:
  OrderPlaced:
    schema: {type: object, required: [order_id], properties: {order_id: {type: string}}}
    key: order_id
    rate: {average: 80/s}
producers:
  place:
    type: api
    route: POST /orders
    auth: iam
    throttle: {rate: 50/s, burst: 100}
    publishes: {message: OrderPlaced, to: orders}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
messages:
  OrderPlaced:
    schema: {type: object, required: [order_id], properties: {order_id: {type: string}}}
    key: order_id
    rate: {average: 80/s}
producers:
  place:
    type: api
    route: POST /orders
    auth: iam
    throttle: {rate: 120/s, burst: 200}
    publishes: {message: OrderPlaced, to: orders}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon API Gateway Developer Guide, throttle requests to your REST APIs:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Api
from penstock.lint.rule import Finding, rule
from penstock.model.component import Component, Publication
from penstock.model.topology import Topology


@rule("CAP006", "throttle-below-rate", Severity.WARNING)
def throttle_below_rate(topology: Topology) -> Iterator[Finding]:
    origins: dict[str, set[Component]] = {}
    for connection in topology.connections:
        if isinstance(connection.settings, Publication) and not topology.incoming(connection.source):
            origins.setdefault(connection.settings.message, set()).add(connection.source)
    for name, senders in origins.items():
        message, (sender, *others) = topology.messages[name], senders
        average = message.rate.average if message.rate else None
        if others or not isinstance(sender, Api) or sender.throttle is None or average is None:
            continue
        if average > sender.throttle.rate:
            yield Finding(
                sender.at("throttle", "rate"),
                f"{sender} lets {sender.throttle.rate:,.0f} requests a second through, but {name} is sent {average:,.0f} times a second on "
                f"average: {average - sender.throttle.rate:,.0f} requests a second get the answer 429",
                "write a `rate` above the average, and a `burst` near the peak",
                ((message.at("rate"), f"{average:,.0f}/s on average"),),
            )
