"""A filter in front of a function deletes messages that nobody else gets.

## Why it matters

What a function's filter leaves out of a queue is not kept for another reader: Lambda takes it out of the queue and deletes it,
without an error and without the dead-letter queue. That is harmless where the message is a copy, which a topic or a bus gave to others
too. Where the queue is the only place that has it, it is lost.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders:
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  ship:
    from: {source: orders, filter: {country: [DE]}, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: all-orders}}
topics:
  all-orders: {}
queues:
  orders:
    from: {source: all-orders, filter: {country: [DE]}, dlq: {}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  ship:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

AWS Lambda Developer Guide, Control which events Lambda sends to your function:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.hops.queue_function import polls
from penstock.kinds import Bus, Function, Queue, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection
from penstock.model.topology import Topology


@rule("LAM007", "filter-deletes-messages", Severity.WARNING)
def filter_deletes_messages(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        for queue, _, connection in polls(function, topology):
            setting = "filter" if connection.delivery.filters else "messages"
            if not connection.states(setting):
                continue
            lone = [one for one in topology.incoming(queue) if not _has_others(one, topology)]
            if not lone:
                continue
            yield Finding(
                connection.at(setting),
                f"what {function} leaves out of {queue} is deleted, and nobody else has it: {lone[0].source} gives it to {queue} alone",
                "filter in front of the queue, in its own `from`, or let the function look at the message and pass it over",
                tuple((one.at(), f"{one.source} sends here") for one in lone),
            )


def _has_others(connection: Connection, topology: Topology) -> bool:
    """Whether all that comes over a connection goes to somebody else too, whom no filter keeps from it."""
    if not isinstance(connection.source, Topic | Bus):
        return False
    wanted = set(flow(topology).on[connection])
    for other in topology.outgoing(connection.source):
        delivery = other.delivery
        if other is connection or not delivery.enabled or delivery.filters or delivery.pattern:
            continue
        if wanted <= set(flow(topology).on[other]) and not _filtered_behind(other, topology):
            return True
    return False


def _filtered_behind(connection: Connection, topology: Topology) -> bool:
    """Whether the other one is a queue of which a function leaves something out, too."""
    if not isinstance(connection.target, Queue):
        return False
    return any(
        poll.connection.delivery.filters or poll.connection.delivery.messages is not None
        for poll in polls(connection.target, topology)
    )
