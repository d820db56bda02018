"""An endpoint is called without encryption.

## Why it matters

What is posted to an `http://` address can be read and changed by everybody on the way, and so can the confirmation by which a topic's
subscription is set up. SNS does it nevertheless; an API destination, by which a bus calls an endpoint, must have an `https://` address,
and its deployment fails.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
consumers:
  partner:
    type: http
    url: http://partner.example/hooks
    auth: {type: api-key, secret: partner-key}
    rate: 50/s
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

Amazon EventBridge User Guide, API destinations:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Endpoint, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("END002", "plain-http-endpoint", Severity.ERROR)
def plain_http_endpoint(topology: Topology) -> Iterator[Finding]:
    for endpoint in topology.of(Endpoint):
        if not endpoint.url.startswith("http:"):
            continue
        refused = any(not isinstance(connection.source, Topic) for connection in topology.incoming(endpoint))
        follows = (
            "and EventBridge takes no such address" if refused else "so everybody on the way can read and change them"
        )
        yield Finding(
            endpoint.at("url"),
            f"{endpoint} gets its messages without TLS, {follows}",
            "write an `https://` address",
        )
