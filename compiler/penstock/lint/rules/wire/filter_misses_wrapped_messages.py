"""A subscription filters on what messages that a rule or a pipe publishes do not have.

## Why it matters

A rule of a bus and a pipe publish to a topic without attributes, so they wrap the payload with the message's name. A filter on attributes
keeps all such messages back. One by `messages:` looks into the body instead, but then it keeps back what a function or an API publishes
plain, with the name as an attribute: SNS looks at the body or at the attributes, never at both.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
topics:
  orders: {from: {source: commerce, dlq: {}}}
queues:
  fulfilment: {from: {source: orders, filter: {region: [eu]}, dlq: {}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
topics:
  orders: {from: {source: commerce, dlq: {}}}
queues:
  fulfilment:
    from: {source: orders, filter: {region: [eu]}, filter_on: body, dlq: {}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SNS Developer Guide, filter policy scope:
https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering-scope.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.wrapping import is_mixed, is_wrapped
from penstock.kinds import Topic
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("WIR002", "filter-misses-wrapped-messages", Severity.ERROR)
def filter_misses_wrapped_messages(topology: Topology) -> Iterator[Finding]:
    for topic in topology.of(Topic):
        if not is_wrapped(topic, topology):
            continue
        for connection in topology.outgoing(topic):
            delivery = connection.delivery
            if delivery.filters and delivery.filter_on == "attributes":
                text = f"{connection.target} filters on attributes, but what a rule or a pipe publishes to {topic} has none"
                yield Finding(connection.at("filter"), text, "write `filter_on: body`")
            elif (delivery.filters or delivery.messages) and is_mixed(topic, topology):
                yield Finding(
                    connection.at("filter" if delivery.filters else "messages"),
                    f"{connection.target} filters what {topic} brings, but of its messages some come plain and some wrapped, and no "
                    "filter fits both",
                    f"let rules and pipes publish to a topic of their own beside {topic}, or leave the filter",
                )
