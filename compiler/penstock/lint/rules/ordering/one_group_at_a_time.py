"""A function is to run many times at once on a queue that has one message group.

## Why it matters

Lambda works on one batch of a message group at a time. Where all messages of a FIFO queue are in one group, which a rule or a pipe gives
them as a constant, there is one invocation, whatever `max_concurrency` says. A backlog shrinks no faster than that one works.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
queues:
  ledger:
    fifo: {deduplication: content}
    from: {source: commerce, group_by: {constant: all}, dlq: {}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  book:
    from:
      source: ledger
      batch: {size: 1}
      max_concurrency: 10
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
queues:
  ledger:
    fifo: {deduplication: content}
    from: {source: commerce, group_by: order_id, dlq: {}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  book:
    from:
      source: ledger
      batch: {size: 1}
      max_concurrency: 10
    timeout: 30s
```

## Source

AWS Lambda Developer Guide, scaling of SQS event source mappings (FIFO queues):
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.graph.rates import arriving
from penstock.hops.grouping import constant_groups
from penstock.hops.queue_function import polls
from penstock.kinds import Queue
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology

_LEAST = 2
"""The least that `max_concurrency` may be."""


@rule("ORD013", "one-group-at-a-time", Severity.WARNING)
def one_group_at_a_time(topology: Topology) -> Iterator[Finding]:
    calls = resources.limit("sqs.fifo_calls_per_second")
    for queue in topology.of(Queue):
        groups = constant_groups(queue, topology) if queue.fifo else set()
        if not groups or (
            queue.fifo and queue.fifo.per_group and sum(arriving(queue, topology).values()) > calls * len(groups)
        ):
            continue  # what these groups take is less than what is sent: CAP003
        for poll in polls(queue, topology):
            most = poll.connection.delivery.max_concurrency or 0
            if most <= max(len(groups), _LEAST):
                continue
            yield Finding(
                poll.connection.at("max_concurrency"),
                f"{poll.function} is to run up to {most} times at once, but all messages of FIFO {queue} are in {len(groups)} message "
                f"group{'s' if len(groups) > 1 else ''}, and Lambda works on one batch of a group at a time",
                "group by a field of the payload, such as the message's `key`, or do not count on more",
                ((topology.incoming(queue)[0].at("group_by"), "the group is always the same"),),
            )
