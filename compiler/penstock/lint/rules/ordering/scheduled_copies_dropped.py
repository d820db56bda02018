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
import re
from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.hops.schedule import value_at
from penstock.kinds import Queue, Schedule, Topic
from penstock.kinds.schedule import CONTEXT
from penstock.lint.rule import Finding, rule
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.model.units import show_duration

_MINUTE, _HOUR = 60, 60


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


def shortest_gap(every: str) -> int | None:
    """The least number of seconds between two times of a schedule; ``None`` for one that strikes once."""
    if rate := re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", every):
        return int(rate[1]) * {"minute": _MINUTE, "hour": 3_600, "day": 86_400}[rate[2]]
    if not every.startswith("cron("):
        return None
    minutes = sorted(_minutes(every.removeprefix("cron(").split()[0]))
    pairs = zip(minutes, [*minutes[1:], minutes[0] + _HOUR], strict=True) if minutes else ()
    return min((later - earlier for earlier, later in pairs), default=_HOUR) * _MINUTE


def _minutes(field: str) -> set[int]:
    """The minutes that a cron expression's first field means."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if not (first == "*" or first.isdecimal()) or not all(text.isdecimal() or not text for text in (last, step)):
            continue
        start = 0 if first == "*" else int(first)
        end = int(last) if last else _HOUR - 1 if first == "*" or step else start
        found.update(range(start, min(end, _HOUR - 1) + 1, max(int(step or 1), 1)))
    return found
