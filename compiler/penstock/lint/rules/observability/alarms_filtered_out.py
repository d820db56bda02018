"""The topic of the alarms has only subscribers that filter them out.

## Why it matters

CloudWatch publishes an alarm as a text without attributes. A subscription that filters by attributes, or by the names of messages, lets
none of them through, and SNS counts that as no failure: the alarm rings, and nobody hears it.

## Bad

```yaml
alarms: {notify: alerts}
topics:
  alerts: {}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
  duty:
    type: email
    address: duty@example.com
    from: {source: alerts, filter: {severity: [page]}, dlq: {}}
```

## Good

```yaml
alarms: {notify: alerts}
topics:
  alerts: {}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: fulfilment}}
queues:
  fulfilment: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
  duty:
    type: email
    address: duty@example.com
    from: {source: alerts, dlq: {}}
```

## Source

Amazon SNS Developer Guide, message filtering (a message without the attributes of the filter policy is not delivered):
https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.patterns import matches
from penstock.hops.filtering import malformed
from penstock.kinds import Topic
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection
from penstock.model.topology import Topology


@rule("OBS021", "alarms-filtered-out", Severity.WARNING)
def alarms_filtered_out(topology: Topology) -> Iterator[Finding]:
    for topic in topology.of(Topic):
        subscribers = topology.outgoing(topic)
        if topic.name not in topology.alarms.topics or not subscribers or topic.allowance.subscribe:
            continue
        if not all(map(_lets_none_through, subscribers)):
            continue
        first = subscribers[0]
        yield Finding(
            first.at("filter" if first.delivery.filters else "messages"),
            f"{first.target} gets none of the alarms of {topic}, and nobody else does: this filter wants attributes, and alarms have none",
            "remove the filter, or filter by the body (`filter_on: body`)",
            ((topology.at("alarms", "notify"), f"alarms go to {topic}"),),
        )


def _lets_none_through(connection: Connection) -> bool:
    """Whether a subscription wants attributes that an alarm does not have."""
    delivery = connection.delivery
    if delivery.messages is not None:
        return True
    if not delivery.filters or delivery.filter_on == "body" or any(malformed(connection)):
        return False
    return not any(matches(policy, {}) for policy in delivery.filters)
