"""A bus with a key of its own loses the events that it cannot encrypt.

## Why it matters

With a customer key EventBridge must encrypt each event before it keeps it. When the key is disabled, or its policy no longer lets
EventBridge in, the event has been accepted and cannot go on: it is dropped before any rule sees it, so no delivery's dead-letter queue
gets it. The bus's own dead-letter queue does.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {encryption: {key: main}}
queues:
  fulfilment:
    from: {source: commerce, dlq: {}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
keys:
  main: {}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {encryption: {key: main}, dlq: {}}
queues:
  fulfilment:
    from: {source: commerce, dlq: {}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
keys:
  main: {}
```

## Source

Amazon EventBridge User Guide, Using dead-letter queues to capture encrypted event errors:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-dlq.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Bus
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("DLQ019", "encrypted-bus-without-dead-letters", Severity.WARNING)
def encrypted_bus_without_dead_letters(topology: Topology) -> Iterator[Finding]:
    for bus in topology.of(Bus):
        if bus.encryption.key and bus.redrive is None:
            yield Finding(
                bus.at("dlq"),
                f"{bus} is encrypted with {bus.encryption.key!r}: an event that EventBridge cannot encrypt or decrypt with it is lost",
                "write `dlq: {}`, or `dlq: {none: ...}` with the reason why such an event may be lost",
            )
