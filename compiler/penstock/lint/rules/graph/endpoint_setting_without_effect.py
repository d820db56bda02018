"""An endpoint that a topic posts to has a setting that SNS does not heed.

## Why it matters

What calls an endpoint decides what can be said of the call. A bus calls through an API destination, which has authorization, a method and
headers. SNS always posts, sends headers of its own alone, and proves who it is by the signature in the message, which the endpoint must
check: an endpoint that waits for an API key refuses every message of a topic for good.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
consumers:
  partner:
    type: http
    url: https://partner.example/hooks
    auth: {type: api-key, secret: partner-key}
    rate: 50/s
    from: {source: orders, retries: {max_retries: 60, max_age: 1h}, dlq: {retention: 14d}}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
consumers:
  partner:
    type: http
    url: https://partner.example/hooks
    auth: {none: it checks the signature of SNS}
    rate: 50/s
    from: {source: orders, retries: {max_retries: 60, max_age: 1h}, dlq: {retention: 14d}}
```

## Source

Amazon SNS Developer Guide, verifying the signatures of Amazon SNS messages:
https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Endpoint, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.component import Absent
from penstock.model.topology import Topology


@rule("GRF005", "endpoint-setting-without-effect", Severity.ERROR)
def endpoint_setting_without_effect(topology: Topology) -> Iterator[Finding]:
    for connection in topology.between(Topic, Endpoint):
        endpoint = connection.target
        if not isinstance(endpoint, Endpoint):
            continue
        for key in _without_effect(endpoint):
            yield Finding(
                endpoint.at(key),
                f"`{key}` of {endpoint} has no effect on what {connection.source} posts to it",
                _HELP[key],
                ((connection.at("source"), "SNS posts to it"),),
            )


def _without_effect(endpoint: Endpoint) -> Iterator[str]:
    if not isinstance(endpoint.auth, Absent):
        yield "auth"
    if endpoint.method != "POST":
        yield "method"
    if endpoint.headers:
        yield "headers"


_HELP = {
    "auth": "let it check the signature of SNS, and write `auth: {none: it checks the signature of SNS}`; or let a bus call it",
    "method": "remove it, or let a bus call the endpoint",
    "headers": "remove them, or let a bus call the endpoint",
}
