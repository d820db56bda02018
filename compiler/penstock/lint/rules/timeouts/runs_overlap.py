"""A scheduled run may begin while the one before it is still at work.

## Why it matters

A schedule strikes whether or not the last run has ended. If the function may work longer than the time between two strikes, a slow day is
enough for two runs to do the same work side by side, and each of them makes the other slower. With `concurrency: {reserved: 1}` there is
never more than one: Lambda keeps what comes meanwhile and tries it again.

## Bad

```yaml
producers:
  sweep:
    type: schedule
    every: rate(5 minutes)
    payload: {order_id: <aws.scheduler.scheduled-time>}
    publishes: {message: OrderPlaced, to: tidy}
    dlq: {}
consumers:
  tidy: {timeout: 15m, async: {on_failure: {}}, concurrency: {reserved: 5}}
```

## Good

```yaml
producers:
  sweep:
    type: schedule
    every: rate(5 minutes)
    payload: {order_id: <aws.scheduler.scheduled-time>}
    publishes: {message: OrderPlaced, to: tidy}
    dlq: {}
consumers:
  tidy: {timeout: 15m, async: {on_failure: {}}, concurrency: {reserved: 1}}
```

## Source

AWS Lambda Developer Guide, reserved concurrency and asynchronous invocations:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Function, Schedule
from penstock.kinds.schedule import shortest_gap
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("VIS015", "runs-overlap", Severity.WARNING)
def runs_overlap(topology: Topology) -> Iterator[Finding]:
    for connection in topology.between(Schedule, Function):
        schedule, function = connection.source, connection.target
        if not isinstance(schedule, Schedule) or not isinstance(function, Function) or not schedule.enabled:
            continue
        gap = shortest_gap(schedule.every)
        if gap is None or function.timeout is None or function.timeout <= gap or function.reserved in {0, 1}:
            continue
        busy = show_duration(function.timeout)
        yield Finding(
            schedule.at("every"),
            f"{schedule} invokes {function} every {show_duration(gap)}, but a run may take {busy}: the next one begins beside it and does "
            "the same work",
            "write `concurrency: {reserved: 1}` for the function, a shorter `timeout`, or strike less often",
            ((function.at("timeout"), f"may work for {busy}"),),
            write(function.at("concurrency", "reserved"), "1", safe=False),
        )
