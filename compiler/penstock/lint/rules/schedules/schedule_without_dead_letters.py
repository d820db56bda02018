"""What a schedule could not send is dropped.

## Why it matters

EventBridge Scheduler tries again for up to 24 h, and gives up sooner where `retries` says so. Without a dead-letter queue the message of
that night is then gone, and nothing shows that it was ever due. The same happens at once where the role or a key no longer lets it.

## Bad

```yaml
messages:
  DayEnded: {schema: {type: object}, idempotency_key: day}
producers:
  nightly:
    type: schedule
    every: "cron(0 3 * * ? *)"
    payload: {day: <aws.scheduler.scheduled-time>}
    publishes: {message: DayEnded, to: days}
queues:
  days: {dlq: {max_receives: 5}}
consumers:
  close:
    from: {source: days, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
```

## Good

```yaml
messages:
  DayEnded: {schema: {type: object}, idempotency_key: day}
producers:
  nightly:
    type: schedule
    every: "cron(0 3 * * ? *)"
    payload: {day: <aws.scheduler.scheduled-time>}
    dlq: {retention: 14d}
    publishes: {message: DayEnded, to: days}
queues:
  days: {dlq: {max_receives: 5}}
consumers:
  close:
    from: {source: days, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
```

## Source

EventBridge Scheduler User Guide, Configuring a dead-letter queue:
https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops import semantics
from penstock.kinds import Schedule
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("SCD001", "schedule-without-dead-letters", Severity.ERROR)
def schedule_without_dead_letters(topology: Topology) -> Iterator[Finding]:
    for schedule in topology.of(Schedule):
        promises = [semantics(connection, topology) for connection in topology.outgoing(schedule)]
        promise = next(filter(None, promises), None)
        if schedule.redrive is not None or not schedule.enabled or promise is None:
            continue
        yield Finding(
            schedule.at("dlq"),
            f"what {schedule} cannot send is dropped: {promise.retried_by} gives up after {promise.attempts} attempts or "
            f"{show_duration(promise.window or 0)}",
            "write `dlq: {retention: 14d}`, or `dlq: {none: why}` if that loss is wanted",
        )
