"""Nothing says how long an endpoint is tried again, so it is a day.

## Why it matters

Where a rule is silent EventBridge tries 185 times within 24 h. An endpoint that was away for the night then gets yesterday's events
between today's, in no order, and acts on them. And each event for a partner that is gone is tried for a day, while the dead-letter queue
that would raise the alarm stays empty. How long an event is worth something only the topology's authors know.

## Bad

```yaml
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
    from: {source: commerce, dlq: {retention: 14d}}
```

## Good

```yaml
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
    from: {source: commerce, retries: {max_retries: 50, max_age: 6h}, dlq: {retention: 14d}}
```

## Source

Amazon EventBridge User Guide, API destinations:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.hops.matching import by_rule
from penstock.kinds import Endpoint
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("END003", "endpoint-retried-for-a-day", Severity.WARNING)
def endpoint_retried_for_a_day(topology: Topology) -> Iterator[Finding]:
    retries, age = resources.limit("eventbridge.max_retries"), resources.limit("eventbridge.max_age")
    for connection in topology.connections:
        if not isinstance(connection.target, Endpoint) or not by_rule(connection):
            continue
        if connection.states("retries") or not connection.delivery.enabled:
            continue
        yield Finding(
            connection.at("retries"),
            f"{connection.source} tries {connection.target} again for as long as AWS lets it, {retries} times within {show_duration(age)}: "
            "what arrives then may be a day old",
            "write `retries: {max_retries: ..., max_age: ...}`: how long the event is worth something",
        )
