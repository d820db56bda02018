"""A schedule strikes on a day that some months do not have.

## Why it matters

A monthly schedule on the 31st runs seven times a year. Nothing tells of the other months: there is no run that could fail. The last day of
a month is `L`.

## Bad

```yaml
messages:
  CloseDay:
    schema: {type: object, required: [at], properties: {at: {type: string}}}
    idempotency_key: at
producers:
  nightly:
    type: schedule
    every: "cron(0 6 31 * ? *)"
    timezone: Europe/Berlin
    payload: {at: <aws.scheduler.scheduled-time>}
    dlq: {}
    publishes: {message: CloseDay, to: closing}
queues:
  closing: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  close:
    from: {source: closing, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
messages:
  CloseDay:
    schema: {type: object, required: [at], properties: {at: {type: string}}}
    idempotency_key: at
producers:
  nightly:
    type: schedule
    every: "cron(0 6 L * ? *)"
    timezone: Europe/Berlin
    payload: {at: <aws.scheduler.scheduled-time>}
    dlq: {}
    publishes: {message: CloseDay, to: closing}
queues:
  closing: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  close:
    from: {source: closing, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

EventBridge Scheduler User Guide, schedule types (cron-based schedules):
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Schedule
from penstock.kinds.cron import read_cron
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology

_LAST = 31


@rule("SCD004", "months-without-run", Severity.WARNING)
def months_without_run(topology: Topology) -> Iterator[Finding]:
    for schedule in topology.of(Schedule):
        cron = read_cron(schedule.every)
        if cron is None or not cron.days or not (missing := cron.months_without()):
            continue
        minutes, hours, days, *rest = schedule.every.split(" ")
        at_the_end = f'"{" ".join((minutes, hours, "L", *rest))}"'
        months = f"{len(missing)} month{'s' if len(missing) > 1 else ''}"
        yield Finding(
            schedule.at("every"),
            f"{schedule} is to strike on day {days} of the month, which {months} of the year do not have: nothing runs in these",
            "write `L` for the last day of the month, or another day",
            fix=write(schedule.at("every"), at_the_end, safe=False) if min(cron.days) == _LAST else None,
        )
