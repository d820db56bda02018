"""A schedule strikes once, and stays.

## Why it matters

A schedule with `at(...)` has nothing to do after its day, but it does not go away by itself: CloudFormation cannot tell EventBridge
Scheduler to delete it. It stays in the stack, in the quota of the account and in everybody's picture of the system, until somebody takes it
out of the topology. A team that makes such schedules by the dozen is better served by code that makes them where they are needed, and lets
Scheduler delete each when it is done.

## Bad

```yaml
producers:
  migrate:
    type: schedule
    every: "at(2027-01-31T03:00:00)"
    payload: {order_id: "1"}
    publishes: {message: OrderPlaced, to: orders}
    dlq: {}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  migrate:
    type: schedule
    every: "cron(0 3 1 * ? *)"
    payload: {order_id: "1"}
    publishes: {message: OrderPlaced, to: orders}
    dlq: {}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

Amazon EventBridge Scheduler User Guide, quotas (completed one-time schedules count):
https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Schedule
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("SCD006", "spent-schedule", Severity.INFO)
def spent_schedule(topology: Topology) -> Iterator[Finding]:
    for schedule in topology.of(Schedule):
        if schedule.every.startswith("at("):
            yield Finding(
                schedule.at("every"),
                f"{schedule} strikes once, at {schedule.every.removeprefix('at(').removesuffix(')')}, and stays in the stack and in the "
                "account's quota afterwards",
                "take it out of the topology when it is done",
            )
