"""A topic logs deliveries of a kind that it does not make.

## Why it matters

SNS logs deliveries protocol by protocol. A log for functions says nothing of the deliveries to queues, so a team that looks for
a lost message in it finds nothing, and takes that for an answer.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {delivery_logging: {lambda: 10}}
queues:
  fulfilment:
    from: {source: orders, dlq: {}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {delivery_logging: {sqs: 10}}
queues:
  fulfilment:
    from: {source: orders, dlq: {}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SNS Developer Guide, Amazon SNS message delivery status:
https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Topic
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology

_RECEIVERS = {"sqs": "queue", "lambda": "function"}


@rule("GRF011", "log-without-deliveries", Severity.WARNING)
def log_without_deliveries(topology: Topology) -> Iterator[Finding]:
    for topic in topology.of(Topic):
        words = {connection.target.word for connection in topology.outgoing(topic) if connection.delivery.enabled}
        for protocol in topic.delivery_logging:
            receiver = _RECEIVERS.get(protocol)
            if receiver and receiver not in words:
                yield Finding(
                    topic.at("delivery_logging", protocol),
                    f"{topic} logs deliveries by {protocol}, but delivers to no {receiver}",
                    f"remove `{protocol}`, or log what {topic} does",
                )
