"""A queue bounds its messages, but what a topic delivers is not bounded by that.

## Why it matters

`max_size` of a queue holds for what is sent to the queue itself. Messages that SNS delivers pass it by: they may be as large as the topic
takes them, whatever the queue says. A consumer that was built for small messages, and relies on the bound in front of it, gets large ones
nevertheless. A contract's own `max_size` is heeded by every sender.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  fulfilment:
    visibility_timeout: 3m
    max_size: 16KiB
    from: {source: orders, dlq: {}}
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {max_size: 16KiB}
queues:
  fulfilment:
    visibility_timeout: 3m
    max_size: 16KiB
    from: {source: orders, dlq: {}}
    dlq: {max_receives: 5}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon SNS Developer Guide, large message payloads:
https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.kinds import Queue, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.model.units import show_size


@rule("GRF017", "queue-bound-not-heeded", Severity.WARNING)
def queue_bound_not_heeded(topology: Topology) -> Iterator[Finding]:
    for queue in topology.of(Queue):
        if queue.existing or not queue.states("max_size"):
            continue
        for connection in topology.incoming(queue):
            topic = connection.source
            if not isinstance(topic, Topic) or topic.existing or not connection.delivery.enabled:
                continue
            if topic.max_size > queue.max_size and _may_be_larger(connection, queue, topology):
                yield Finding(
                    queue.at("max_size"),
                    f"{queue} takes {show_size(queue.max_size)}, but that does not hold for what {topic} delivers: a message of "
                    f"{show_size(topic.max_size)} gets in",
                    "write the same `max_size` for the topic, or for the messages: their senders heed it",
                    ((connection.at("source"), f"{queue} reads {topic} here"),),
                )
                break


def _may_be_larger(connection: Connection, queue: Queue, topology: Topology) -> bool:
    """Whether a message may come along that is larger than the queue says, or of which nobody says how large it is."""
    sizes = [message.max_size for message in flow(topology).on[connection]]
    return not sizes or any(size is None or size > queue.max_size for size in sizes)
