"""An endpoint that is away for more than a minute loses what a topic posts.

## Why it matters

To an HTTP endpoint SNS makes three retries, 20 s apart, unless the subscription says otherwise, and then drops the message: a new version
that takes two minutes to start is enough. Answers that begin with 4, other than 429, end it at the first attempt. A delivery policy makes
up to 100 retries within an hour, and the dead-letter queue keeps what they did not bring home.

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
    auth: {none: it checks the signature of SNS}
    rate: 50/s
    from: orders
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

Amazon SNS Developer Guide, Amazon SNS message delivery retries:
https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.topic_endpoint import schedule
from penstock.kinds import Endpoint, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("RTY011", "endpoint-outage-loses-messages", Severity.WARNING)
def endpoint_outage_loses_messages(topology: Topology) -> Iterator[Finding]:
    for connection in topology.between(Topic, Endpoint):
        delivery, topic = connection.delivery, connection.source
        if connection.states("retries") or delivery.dlq is not None or not delivery.enabled:
            continue
        if isinstance(topic, Topic) and topic.fifo:
            continue  # ORD008
        retries, delay = schedule(connection)
        yield Finding(
            connection.at("dlq"),
            f"{topic} posts to {connection.target} and makes {retries} retries, {delay} s apart: an outage of {retries * delay} s "
            "loses messages",
            "write `retries: {max_retries: 60, max_age: 1h}` and `dlq: {retention: 14d}` in this `from` entry",
        )
