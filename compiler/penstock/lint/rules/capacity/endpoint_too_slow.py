"""More events are sent to an endpoint than it may be called, in the long run.

## Why it matters

EventBridge calls an endpoint no more often than its `rate` and keeps the rest waiting, which is what a rate is for: a peak is worked off
later. If more arrives on average than that, the backlog grows for as long as the system runs, until events become older than `max_age`, a
day by default. From then on what is above the rate is given up, all of the time.

Looked at are the averages of the messages' rates (`rate: {average: ...}`); what has a filter or a pattern in front is not counted.

## Bad

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id, rate: {average: 80/s}}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
consumers:
  partner:
    type: http
    url: https://partner.example/hooks
    auth: {type: api-key, secret: partner-key}
    rate: 50/s
    from: {source: commerce, retries: {max_retries: 100, max_age: 12h}, dlq: {}}
```

## Good

```yaml
messages:
  OrderPlaced: {schema: {type: object}, idempotency_key: order_id, rate: {average: 30/s, peak: 80/s}}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
consumers:
  partner:
    type: http
    url: https://partner.example/hooks
    auth: {type: api-key, secret: partner-key}
    rate: 50/s
    from: {source: commerce, retries: {max_retries: 100, max_age: 12h}, dlq: {}}
```

## Source

Amazon EventBridge User Guide, API destinations as targets (invocation rate):
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.hops import semantics
from penstock.hops.matching import by_rule
from penstock.kinds import Endpoint
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("CAP005", "endpoint-too-slow", Severity.WARNING)
def endpoint_too_slow(topology: Topology) -> Iterator[Finding]:
    for endpoint in topology.of(Endpoint):
        certain = [connection for connection in topology.incoming(endpoint) if _takes_all(connection)]
        averages = [
            (message, message.rate.average)
            for connection in certain
            for message in flow(topology).on[connection]
            if message.rate and message.rate.average
        ]
        demand = sum(rate for _, rate in averages)
        if endpoint.rate is None or demand <= endpoint.rate:
            continue
        promises = [semantics(connection, topology) for connection in certain]
        window = min((promise.window for promise in promises if promise and promise.window), default=0)
        yield Finding(
            endpoint.at("rate"),
            f"{demand:,.0f} events a second are sent to {endpoint} on average, but it is called {endpoint.rate:,} times: the backlog grows "
            f"until events are {show_duration(window)} old, and from then on {demand - endpoint.rate:,.0f} a second are given up",
            "raise `rate` to what the endpoint really bears, or send it less: filter, or gather events before they are sent",
            tuple((message.at("rate"), f"{rate:,.0f}/s on average") for message, rate in averages),
        )


def _takes_all(connection: Connection) -> bool:
    """Whether a bus brings everything that the topology says it carries."""
    delivery = connection.delivery
    return by_rule(connection) and delivery.enabled and not (delivery.pattern or delivery.filters)
