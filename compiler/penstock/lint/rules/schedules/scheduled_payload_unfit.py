"""A schedule sends a payload that the message's schema does not allow.

## Why it matters

Nobody is there to see the error when the clock strikes: every receiver refuses the message, each time, until it ends in a dead-letter
queue. What EventBridge Scheduler replaces in a payload is looked at as it will be: a text.

## Bad

```yaml
messages:
  DayEnded: {schema: {type: object, required: [day], properties: {day: {type: string}}}, idempotency_key: day}
producers:
  nightly:
    type: schedule
    every: "cron(0 3 * * ? *)"
    dlq: {retention: 14d}
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
  DayEnded: {schema: {type: object, required: [day], properties: {day: {type: string}}}, idempotency_key: day}
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

EventBridge Scheduler User Guide, Adding context attributes:
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
"""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from penstock import resources
from penstock.diagnostics import Severity
from penstock.graph.flow import flow
from penstock.kinds import Schedule
from penstock.kinds.schedule import CONTEXT
from penstock.lint.rule import Finding, rule
from penstock.model.formats import validators
from penstock.model.topology import Message, Topology
from penstock.model.units import show_size


@rule("SCD002", "scheduled-payload-unfit", Severity.ERROR)
def scheduled_payload_unfit(topology: Topology) -> Iterator[Finding]:
    for schedule in topology.of(Schedule):
        for message in {message for one in topology.outgoing(schedule) for message in flow(topology).on[one]}:
            problem = _problem(schedule, message)
            if problem:
                yield Finding(
                    schedule.at("payload"),
                    f"{schedule} sends a {message.name} that cannot be taken: {problem}",
                    f"write what {message.name} needs into `payload`",
                )


def _problem(schedule: Schedule, message: Message) -> str | None:
    """What is wrong with a payload, in the words of the validator; ``None`` where the schema itself cannot be used."""
    size, most = len(json.dumps(schedule.payload)), resources.limit("scheduler.max_input")
    if size > most:
        return f"it has {size} bytes, and EventBridge Scheduler takes {show_size(most)}"
    from jsonschema_rs import ReferencingError, ValidationError, validator_for  # only where there are schedules

    try:
        validator = validator_for(
            dict(message.schema), retriever=_fetch_nothing, validate_formats=True, formats=validators()
        )
    except (ValidationError, ReferencingError, ValueError):
        return None
    fault = next(iter(validator.iter_errors(sample(schedule))), None)
    if fault is None:
        return None
    place = ".".join(map(str, fault.instance_path))
    return f"{place}: {fault.message}" if place else fault.message


def _fetch_nothing(uri: str) -> NoReturn:
    """In place of the validator's own way, which asks the network."""
    raise ValueError(uri)


def sample(schedule: Schedule) -> Any:  # noqa: ANN401 - JSON
    """A payload as it may be when it is sent."""
    text = json.dumps(schedule.payload)
    for keyword, value in CONTEXT.items():
        text = text.replace(keyword, value)
    return json.loads(text)
