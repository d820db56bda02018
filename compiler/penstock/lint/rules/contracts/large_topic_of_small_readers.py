"""A topic takes large messages, and has a subscriber to which SNS does not deliver them.

## Why it matters

Above 256 KiB SNS delivers to queues, functions and Firehose alone, and to 100 subscribers at most. A topic that takes more cannot have an
address or an HTTP endpoint for a subscriber: SNS refuses the subscription or the larger size, and the deployment fails. What is large may
go to a queue first, from which something small is sent on.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {max_size: 1MiB}
consumers:
  office:
    type: email
    address: office@example.com
    from: {source: orders, dlq: {}}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {max_size: 256KiB}
consumers:
  office:
    type: email
    address: office@example.com
    from: {source: orders, dlq: {}}
```

## Source

Amazon SNS Developer Guide, large message payloads:
https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.kinds import Topic
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_size

_SMALL = frozenset({"email", "endpoint"})


@rule("CON008", "large-topic-of-small-readers", Severity.ERROR)
def large_topic_of_small_readers(topology: Topology) -> Iterator[Finding]:
    usual, most = resources.limit("sns.max_message"), resources.limit("sns.max_large_subscriptions")
    for topic in topology.of(Topic):
        if topic.existing or topic.max_size <= usual:
            continue
        readers = [one for one in topology.outgoing(topic) if one.delivery.enabled]
        small = next((one for one in readers if one.target.word in _SMALL), None)
        if small is None and len(readers) <= most:
            continue
        why = (
            f"SNS delivers no more than {show_size(usual)} to {small.target}"
            if small
            else f"it has {len(readers)} subscribers, not {most}"
        )
        yield Finding(
            topic.at("max_size"),
            f"{topic} takes {show_size(topic.max_size)}, but {why}: the deployment fails",
            f"write `max_size: {show_size(usual).replace(' ', '')}`, or let a queue in between read the topic",
            ((small.at("source"), "read here"),) if small else (),
        )
