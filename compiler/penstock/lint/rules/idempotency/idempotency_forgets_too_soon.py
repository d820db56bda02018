"""A message can come back after its consumer has forgotten it.

## Why it matters

A table of seen messages stops a copy only while it remembers the first one. A message that was handled but not
deleted in time stays in its queue, may end in the dead-letter queue and, when somebody redrives that days later,
starts anew with a full retention. What comes after the entry has expired is handled a second time.

In the dead-letter queue of a standard queue the clock runs on from the first sending; on FIFO queues it starts again.
Where a topic or a bus invokes the function directly, the delivery may be tried again for as long as SNS or EventBridge does, and
Lambda may invoke again for up to 6 h after that.

Where nothing is said the table forgets after 1 h, while a queue keeps a message for 4 d.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  charge:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: [the card]
    idempotency: {strategy: table, store: seen, ttl: 1d}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  charge:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: [the card]
    idempotency: {strategy: table, store: seen, ttl: 18d}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Source

Amazon SQS Developer Guide, dead-letter queue redrive, which starts the retention anew:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.redelivery import longest_window
from penstock.kinds import Workload
from penstock.kinds.workload import Idempotency
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology
from penstock.model.units import show_duration, write_duration


@rule("IDM002", "idempotency-forgets-too-soon", Severity.WARNING)
def idempotency_forgets_too_soon(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Workload):
        guard = function.idempotency
        if not isinstance(guard, Idempotency) or guard.strategy != "table" or guard.ttl is None:
            continue
        longest = longest_window(function, topology)
        if longest is None or guard.ttl >= longest.seconds:
            continue
        stated = "" if function.states("idempotency", "ttl") else ", the default"
        yield Finding(
            function.at("idempotency", "ttl"),
            f"{function} forgets a message after {show_duration(guard.ttl)}{stated}, but a copy may come up to "
            f"{show_duration(longest.seconds)} after the first: {longest.sum}",
            f"write `ttl: {write_duration(longest.seconds)}` or more",
            longest.places,
            write(function.at("idempotency", "ttl"), write_duration(longest.seconds)),
        )
