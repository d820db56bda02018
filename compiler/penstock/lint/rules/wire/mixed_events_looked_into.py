"""A field of the payload is looked for in events that keep it in two places.

## Why it matters

What a pipe puts on a bus is wrapped: the event's detail holds the message's name and, beside it, the payload. What everybody else puts
there is the payload itself. A rule that takes a field out of the event, for a message group or a partition key, or that hands the payload
on to a topic or a stream, can look in one place only, and EventBridge gives up what does not have it there.

## Bad

```yaml
producers:
  shop:
    type: external
    principal: "111122223333"
    publishes: [{message: OrderPlaced, to: intake}, {message: OrderPlaced, to: commerce}]
queues:
  intake: {visibility_timeout: 3m, dlq: {max_receives: 5}}
buses:
  commerce: {from: intake}
streams:
  history: {retention: 7d, from: {source: commerce, dlq: {}}}
consumers:
  show:
    from:
      source: history
      start: oldest
      batch: {size: 50, partial_failures: true}
      retries: {max_retries: 5, max_age: 6h, bisect: true}
      on_failure: {}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: intake}}
queues:
  intake: {visibility_timeout: 3m, dlq: {max_receives: 5}}
buses:
  commerce: {from: intake}
streams:
  history: {retention: 7d, from: {source: commerce, dlq: {}}}
consumers:
  show:
    from:
      source: history
      start: oldest
      batch: {size: 50, partial_failures: true}
      retries: {max_retries: 5, max_age: 6h, bisect: true}
      on_failure: {}
```

## Source

Amazon EventBridge User Guide, Pipes input transformation, implicit body data parsing:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.matching import key_of
from penstock.hops.wrapping import is_mixed
from penstock.kinds import Bus, Queue, Stream, Topic
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection
from penstock.model.topology import Topology


@rule("WIR003", "mixed-events-looked-into", Severity.ERROR)
def mixed_events_looked_into(topology: Topology) -> Iterator[Finding]:
    for bus in topology.of(Bus):
        if not is_mixed(bus, topology):
            continue
        for connection in topology.outgoing(bus):
            if _looks_inside(connection, topology):
                yield Finding(
                    connection.at("source"),
                    f"the rule from {bus} to {connection.target} takes the payload out of events, but some come to the bus plain and "
                    "some, by a pipe, wrapped",
                    f"let the pipe deliver to {connection.target} itself, or to a bus of its own",
                )


def _looks_inside(connection: Connection, topology: Topology) -> bool:
    target = connection.target
    if isinstance(target, Topic | Stream):
        return True
    if not isinstance(target, Queue) or target.fifo is None:
        return False
    key = key_of(connection, topology)
    return key is not None and key.path is not None
