"""An event is to go over a third bus, where EventBridge drops it.

## Why it matters

A rule can put an event on another bus once. What came to a bus from another bus, a rule there does not put on a third one: EventBridge
drops it without a word, whether or not a dead-letter queue is there.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
  company: {from: {source: commerce, dlq: {}}}
  audit: {from: {source: company, dlq: {}}}
consumers:
  record: {from: {source: audit, dlq: {}}, async: {on_failure: {}}, concurrency: {reserved: 5}}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
  audit: {from: {source: commerce, dlq: {}}}
consumers:
  record: {from: {source: audit, dlq: {}}, async: {on_failure: {}}, concurrency: {reserved: 5}}
```

## Source

Amazon EventBridge User Guide, sending and receiving events between event buses in the same account and Region:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-bus-to-bus.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Bus
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("GRF010", "event-forwarded-twice", Severity.ERROR)
def event_forwarded_twice(topology: Topology) -> Iterator[Finding]:
    for connection in topology.between(Bus, Bus):
        before = next((way for way in topology.incoming(connection.source) if isinstance(way.source, Bus)), None)
        if before is not None:
            yield Finding(
                connection.at("source"),
                f"what comes from {before.source} to {connection.source} goes no further: EventBridge drops it on the way to "
                f"{connection.target}",
                f"read {before.source.name!r} in {connection.target.name!r} too",
                ((before.at("source"), "the first of the two ways"),),
            )
