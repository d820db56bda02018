"""Nothing says how many requests an endpoint bears.

## Why it matters

A queue waits for its consumer, but a topic and a bus push. Without a rate SNS posts as fast as messages are published, and EventBridge
makes up to 300 requests a second to each destination, after an outage with all that has piled up. What an overloaded endpoint refuses is
tried again and adds to the load. With a rate the excess waits at AWS; of a bus it is given up when it is too old, so the rate must be
above the average.

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
    from: {source: commerce, retries: {max_retries: 100, max_age: 12h}, dlq: {retention: 14d}}
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
    from: {source: commerce, retries: {max_retries: 100, max_age: 12h}, dlq: {retention: 14d}}
```

## Source

Amazon EventBridge User Guide, API destinations, and Amazon SNS Developer Guide, message delivery retries:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Endpoint
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("END001", "endpoint-without-rate", Severity.WARNING)
def endpoint_without_rate(topology: Topology) -> Iterator[Finding]:
    for endpoint in topology.of(Endpoint):
        sources = [connection for connection in topology.incoming(endpoint) if connection.delivery.enabled]
        if endpoint.rate is not None or not sources:
            continue
        names = " and ".join(str(connection.source) for connection in sources)
        yield Finding(
            endpoint.at("rate"),
            f"{endpoint} gets requests as fast as {names} can make them, after an outage with all that has piled up",
            "write `rate:`, such as `rate: 50/s`: what the endpoint bears, and more than comes on average",
        )
