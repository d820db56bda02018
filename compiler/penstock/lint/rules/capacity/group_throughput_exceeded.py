"""All messages of a FIFO queue are in a few groups, which take less than is sent.

## Why it matters

With `throughput: message-group` a FIFO queue takes as much as its message groups do, and one group takes 300 calls a second. Where the
group is a constant there are only as many as there are constants, whatever the queue could bear: what is above is throttled, and only one
batch of a group is worked on at a time.

## Bad

```yaml
messages:
  Booked: {schema: {type: object}, key: account, idempotency_key: entry, rate: {average: 100/s, peak: 800/s}}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: Booked, to: commerce}}
buses:
  commerce: {}
queues:
  ledger:
    from: {source: commerce, group_by: {constant: all}, dlq: {}}
    fifo: {deduplication: content, throughput: message-group}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  book:
    from: {source: ledger, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
messages:
  Booked: {schema: {type: object}, key: account, idempotency_key: entry, rate: {average: 100/s, peak: 800/s}}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: Booked, to: commerce}}
buses:
  commerce: {}
queues:
  ledger:
    from: {source: commerce, group_by: account, dlq: {}}
    fifo: {deduplication: content, throughput: message-group}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  book:
    from: {source: ledger, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SQS Developer Guide, high throughput for FIFO queues (partitions and data distribution):
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.graph.rates import arriving
from penstock.hops.grouping import constant_groups
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("CAP003", "group-throughput-exceeded", Severity.WARNING)
def group_throughput_exceeded(topology: Topology) -> Iterator[Finding]:
    calls = resources.limit("sqs.fifo_calls_per_second")
    for queue in topology.of(Queue):
        groups = constant_groups(queue, topology) if queue.fifo and queue.fifo.per_group else set()
        rates = arriving(queue, topology) if groups else {}
        demand = sum(rates.values())
        if demand <= calls * len(groups):
            continue
        yield Finding(
            topology.incoming(queue)[0].at("group_by"),
            f"FIFO {queue} gets up to {demand:,.0f} messages a second, but all of them are in {len(groups)} "
            f"message {'groups' if len(groups) > 1 else 'group'}, each of which takes {calls} calls: what is above is throttled",
            "group by a field of the payload, such as the message's `key`",
            tuple((message.at("rate"), f"up to {rate:,.0f}/s") for message, rate in rates.items()),
        )
