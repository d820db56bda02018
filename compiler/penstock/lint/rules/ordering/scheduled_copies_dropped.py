"""A FIFO queue or topic takes the messages of a schedule for copies of each other.

## Why it matters

For five minutes SQS and SNS accept a message with a known deduplication id and drop it. A schedule that sends the same payload more
often than that loses most of its messages: of one per minute about one in five arrives. The id is made of the content, or of the
`idempotency_key`; either must differ from one time to the next, as `<aws.scheduler.scheduled-time>` in it does.

## Bad

```yaml
messages:
  Tick: {schema: {type: object}, idempotency_key: at}
producers:
  clock:
    type: schedule
    every: rate(1 minute)
    payload: {at: now}
    dlq: {retention: 14d}
    publishes: {message: Tick, to: ticks}
queues:
  ticks: {fifo: {deduplication: content}, dlq: {max_receives: 5}}
consumers:
  count:
    from: {source: ticks, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
```

## Good

```yaml
messages:
  Tick: {schema: {type: object}, idempotency_key: at}
producers:
  clock:
    type: schedule
    every: rate(1 minute)
    payload: {at: <aws.scheduler.scheduled-time>}
    dlq: {retention: 14d}
    publishes: {message: Tick, to: ticks}
queues:
  ticks: {fifo: {deduplication: content}, dlq: {max_receives: 5}}
consumers:
  count:
    from: {source: ticks, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
```

## Source

Amazon SQS Developer Guide, using the message deduplication ID:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
"""

import json
from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.hops.schedule import value_at
from penstock.kinds import Queue, Schedule, Topic
from penstock.kinds.schedule import CONTEXT, shortest_gap
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("ORD007", "scheduled-copies-dropped", Severity.ERROR)
def scheduled_copies_dropped(topology: Topology) -> Iterator[Finding]:
    window = resources.limit("sns.fifo_dedup_interval")
    for schedule in topology.of(Schedule):
        gap = shortest_gap(schedule.every)
        for connection in topology.outgoing(schedule):
            if gap is None or gap >= window or not _always_the_same(schedule, connection, topology):
                continue
            yield Finding(
                schedule.at("payload") if schedule.payload else schedule.at("every"),
                f"{schedule} sends the same message every {show_duration(gap)}, and FIFO {connection.target} drops what it has "
                f"had within {show_duration(window)}",
                "write `<aws.scheduler.scheduled-time>` into the payload, where the `idempotency_key` is, or send less often",
                ((connection.at("to"), f"{connection.target} tells copies apart by this"),),
            )


def _always_the_same(schedule: Schedule, connection: Connection, topology: Topology) -> bool:
    channel = connection.target
    if not isinstance(channel, Queue | Topic) or channel.fifo is None:
        return False
    told_by: object = schedule.payload
    if channel.fifo.deduplication != "content":
        (message,) = flow(topology).on[connection]
        told_by = value_at(schedule.payload, message.idempotency_key)
        if told_by is None or told_by == "":  # then the compiler takes the scheduled time
            return False
    text = json.dumps(told_by)
    return not any(keyword in text for keyword in CONTEXT)
