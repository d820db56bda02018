"""A bus has a dead-letter queue that can never get anything.

## Why it matters

The dead-letter queue of a bus takes the events that EventBridge cannot encrypt or decrypt with the bus's own key. Without such a
key there are none, and an event that a rule cannot deliver goes to the dead-letter queue of that delivery, or nowhere. Who takes the
bus's queue for that watches an empty one.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {dlq: {}}
queues:
  fulfilment:
    from: {source: commerce, dlq: {}}
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
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
queues:
  fulfilment:
    from: {source: commerce, dlq: {}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon EventBridge User Guide, Using dead-letter queues to process undelivered events:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Bus
from penstock.lint.rule import Finding, rule
from penstock.model.component import Redrive
from penstock.model.topology import Topology


@rule("DLQ020", "idle-bus-dead-letters", Severity.WARNING)
def idle_bus_dead_letters(topology: Topology) -> Iterator[Finding]:
    for bus in topology.of(Bus):
        if isinstance(bus.redrive, Redrive) and bus.encryption.key is None:
            yield Finding(
                bus.at("dlq"),
                f"{bus} gives nothing up to {bus.redrive.queue!r}: it has no key of its own, with which to fail",
                "write the `dlq` into the `from` entries that read the bus, or `encryption: {key: ...}`",
            )
