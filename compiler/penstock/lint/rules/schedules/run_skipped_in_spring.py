"""A schedule strikes at an hour that is left out in spring.

## Why it matters

In the night in which the clocks go forward an hour is missing: in Berlin 02:30 does not exist on the last Sunday of March. EventBridge
Scheduler skips what should run then, without an error, an alarm or a dead letter. Once a year the day is not closed and the report
not written.

## Bad

```yaml
messages:
  CloseDay:
    schema: {type: object, required: [at], properties: {at: {type: string}}}
    idempotency_key: at
producers:
  nightly:
    type: schedule
    every: "cron(30 2 * * ? *)"
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
    every: "cron(30 3 * * ? *)"
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

EventBridge Scheduler User Guide, schedule types (daylight savings time):
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from penstock.diagnostics import Severity
from penstock.kinds import Schedule
from penstock.kinds.cron import Cron, read_cron
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology

_FIRST, _DAYS = date(2026, 1, 1), 5 * 365
"""The days that are looked at; the same on every day, so that the findings are."""
_SELDOM = 4
"""What strikes more often in a day is not missed for one run."""


@rule("SCD003", "run-skipped-in-spring", Severity.WARNING)
def run_skipped_in_spring(topology: Topology) -> Iterator[Finding]:
    for schedule in topology.of(Schedule):
        cron = read_cron(schedule.every) if schedule.timezone != "UTC" and schedule.enabled else None
        if cron is None or not cron.hours or not cron.minutes or len(cron.hours) * len(cron.minutes) > _SELDOM:
            continue
        missed = next(_missed(cron, schedule.timezone), None)
        if missed is None:
            continue
        yield Finding(
            schedule.at("every"),
            f"{schedule} is to strike at {missed:%H:%M}, which does not exist in {schedule.timezone} when the clocks go forward, such as "
            f"on {missed:%Y-%m-%d}: that run is skipped without a sign",
            "let it strike an hour earlier or later, or in UTC",
        )


def _missed(cron: Cron, timezone: str) -> Iterator[datetime]:
    """The times at which it should strike that do not exist."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # few schedules have a time zone

    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return
    times = [time(hour, minute) for hour in sorted(cron.hours or ()) for minute in sorted(cron.minutes or ())]
    for day in _short_days(zone):
        if cron.strikes_on(day):
            yield from (moment for each in times if not _exists(moment := datetime.combine(day, each, zone), zone))


def _short_days(zone: tzinfo) -> Iterator[date]:
    """The days in which the clocks go forward."""
    before = _offset(_FIRST, zone)
    for number in range(_DAYS):
        after = _offset(_FIRST + timedelta(number + 1), zone)
        if after > before:
            yield _FIRST + timedelta(number)
        before = after


def _offset(day: date, zone: tzinfo) -> timedelta:
    """The offset from UTC at the beginning of a day."""
    return datetime.combine(day, time(), zone).utcoffset() or timedelta()


def _exists(moment: datetime, zone: tzinfo) -> bool:
    return moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == moment.replace(tzinfo=None)
