"""The pollers of a queue may start more invocations than their function has concurrency for.

## Why it matters

With `pollers` Lambda grows quickly, and each poller starts up to ten invocations at once. At the peak, for which one has them, all of them
run. What exceeds the function's reserved concurrency is throttled after it was received: its messages come back later, have used up one
receive, and may reach the dead-letter queue although nothing is wrong with them.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, pollers: {min: 2, max: 20}}
    timeout: 30s
    concurrency: {reserved: 50}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, pollers: {min: 2, max: 5}}
    timeout: 30s
    concurrency: {reserved: 50}
```

## Source

AWS Lambda Developer Guide, configuring scaling behavior for SQS event source mappings (provisioned mode):
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.hops.queue_function import polls
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology


@rule("LAM010", "pollers-exceed-concurrency", Severity.WARNING)
def pollers_exceed_concurrency(topology: Topology) -> Iterator[Finding]:
    each = resources.limit("lambda.poller_concurrency")
    for function in topology.of(Function):
        for queue, _, connection in polls(function, topology):
            pollers, reserved = connection.delivery.pollers, function.reserved
            if pollers is None or not reserved or pollers.least * each > reserved or pollers.most * each <= reserved:
                continue  # with more of them at least it is LAM003
            place = connection.at("pollers", "max")
            yield Finding(
                place,
                f"{pollers.most} pollers of {queue} may start {pollers.most * each:,} invocations, but {function} may run {reserved:,} "
                "times at once: at a peak the rest is throttled, and its messages have used up a receive",
                f"write `max: {reserved // each}`, or reserve {pollers.most * each:,}",
                ((function.at("concurrency", "reserved"), f"may run {reserved:,} times at once"),),
                write(place, str(reserved // each), safe=False),
            )
