"""A FIFO topic is to deliver to what is no queue.

## Why it matters

A FIFO topic delivers to queues alone: SNS refuses the subscription of an HTTP endpoint or a mail address, and the deployment fails. A
FIFO queue in between keeps the order up to a pipe, which calls the endpoint with one message of a group after the other, or up to a
function, which can send to a standard topic that reaches the address.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {fifo: {deduplication: content}}
consumers:
  partner:
    type: http
    url: https://partner.example/hooks
    auth: {none: it checks the signature of SNS}
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

Amazon SNS Developer Guide, message delivery for FIFO topics:
https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Email, Endpoint, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("ORD008", "subscriber-behind-fifo-topic", Severity.ERROR)
def subscriber_behind_fifo_topic(topology: Topology) -> Iterator[Finding]:
    for connection in (*topology.between(Topic, Endpoint), *topology.between(Topic, Email)):
        topic, target = connection.source, connection.target
        if not isinstance(topic, Topic) or topic.fifo is None:
            continue
        way = f"let {target} read that"
        if isinstance(target, Email):
            way = f"a function that reads it and sends to a standard topic, which {target} reads"
        yield Finding(
            connection.at("source"),
            f"{target} reads FIFO {topic}, which delivers to queues alone: SNS refuses the subscription, and the deployment fails",
            f"put a FIFO queue in between that reads {topic} with `raw: true`, and {way}; or make the topic a standard one",
            ((topic.at("fifo"), f"{topic} is FIFO"),),
        )
