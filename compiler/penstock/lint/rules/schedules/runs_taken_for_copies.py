"""Each run of a schedule is taken for a copy of the first.

## Why it matters

A schedule sends the same payload each time. Where that gives the same idempotency key each time, the consumer, which remembers the key of
the first run, takes every later one for a copy of it: the message is deleted as done, and nothing has been done. There is no error and no
alarm. EventBridge Scheduler puts its own time, or the number of the run, where the payload asks for it.

## Bad

```yaml
messages:
  CloseDay:
    schema: {type: object, required: [run], properties: {run: {type: string}}}
    idempotency_key: run
producers:
  nightly:
    type: schedule
    every: "rate(1 day)"
    payload: {run: "nightly"}
    dlq: {}
    publishes: {message: CloseDay, to: closing}
queues:
  closing: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  close:
    from: {source: closing, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: [the books]
    idempotency: {strategy: table, store: seen, ttl: 30d}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Good

```yaml
messages:
  CloseDay:
    schema: {type: object, required: [run], properties: {run: {type: string}}}
    idempotency_key: run
producers:
  nightly:
    type: schedule
    every: "rate(1 day)"
    payload: {run: "<aws.scheduler.scheduled-time>"}
    dlq: {}
    publishes: {message: CloseDay, to: closing}
queues:
  closing: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  close:
    from: {source: closing, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: [the books]
    idempotency: {strategy: table, store: seen, ttl: 30d}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Source

EventBridge Scheduler User Guide, context attributes:
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.kinds import Schedule, Workload
from penstock.kinds.cron import longest_gap
from penstock.kinds.workload import Idempotency
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Message, Topology
from penstock.model.units import show_duration

_FOR_EVER = frozenset({"conditional-write", "unique-constraint"})
_REPLACED = "<aws.scheduler."


@rule("SCD005", "runs-taken-for-copies", Severity.ERROR)
def runs_taken_for_copies(topology: Topology) -> Iterator[Finding]:
    readers: dict[Message, list[Workload]] = defaultdict(list)
    for workload in topology.of(Workload):
        for message in flow(topology).at[workload]:
            readers[message].append(workload)
    for schedule in topology.of(Schedule):
        gap = longest_gap(schedule.every)
        for publication in schedule.publications:
            message = topology.messages[publication.message]
            forgetful = (_repeated(schedule, gap, message, workload) for workload in readers[message])
            if gap is not None and (finding := next(filter(None, forgetful), None)):
                yield finding


def _repeated(schedule: Schedule, gap: int | None, message: Message, workload: Workload) -> Finding | None:
    guard = workload.idempotency
    path = isinstance(guard, Idempotency) and (guard.key or message.idempotency_key)
    if not isinstance(guard, Idempotency) or not path or gap is None:
        return None
    for_ever = guard.strategy in _FOR_EVER
    value = _value(schedule.payload, path)
    if (
        value is None
        or _REPLACED in str(value)
        or not (for_ever or (guard.strategy == "table" and (guard.ttl or 0) > gap))
    ):
        return None
    remembers = "for good" if for_ever else f"for {show_duration(guard.ttl or 0)}"
    return Finding(
        schedule.at("payload"),
        f"every run of {schedule} has the same {path!r}, which {workload} remembers {remembers}: it takes the runs after the first for "
        "copies, and does nothing",
        f"put `<aws.scheduler.scheduled-time>` into {path!r}",
        ((workload.at("idempotency"), f"{workload} knows copies by {path!r}"),),
    )


def _value(payload: Mapping[str, Any], path: str) -> object:
    """What stands at a dotted path, if it is a text or a number."""
    found: Any = payload
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, str | int | float) else None
