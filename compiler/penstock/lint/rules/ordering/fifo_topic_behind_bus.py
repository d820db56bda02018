"""A FIFO topic is to get messages from a rule or a pipe, which can give it no message group.

## Why it matters

SNS refuses a message to a FIFO topic that has no message group. A rule of EventBridge has no setting for the group of a topic, and a pipe
does not take FIFO topics for a target at all.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
topics:
  ledger: {fifo: {deduplication: content}, from: {source: commerce, dlq: {}}}
queues:
  entries: {fifo: {}, from: {source: ledger, dlq: {}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  book:
    from: {source: entries, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
queues:
  entries:
    fifo: {deduplication: content}
    from: {source: commerce, group_by: order_id, dlq: {}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  book:
    from: {source: entries, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon EventBridge User Guide, Pipes targets, and the API reference of PutTargets, whose target has parameters for SQS and none for SNS:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-target.html
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops import hop_of
from penstock.hops.matching import by_rule
from penstock.kinds import Topic
from penstock.lint.rule import Finding, rule
from penstock.model.component import Delivery
from penstock.model.topology import Topology


@rule("ORD015", "fifo-topic-behind-bus", Severity.ERROR)
def fifo_topic_behind_bus(topology: Topology) -> Iterator[Finding]:
    for topic in topology.of(Topic):
        for connection in topology.incoming(topic):
            if topic.fifo is None or not isinstance(connection.settings, Delivery) or hop_of(connection) is None:
                continue
            way = "a rule" if by_rule(connection) else "a pipe"
            yield Finding(
                connection.at("source"),
                f"nothing carries a message from {connection.source} to FIFO {topic}: {way} cannot give it a message group",
                f"read {connection.source.name!r} by a FIFO queue with `group_by`, or by a function that publishes to {topic.name!r}",
            )
