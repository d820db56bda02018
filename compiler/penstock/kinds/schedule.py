"""Schedules of EventBridge Scheduler: clocks that send a message."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from penstock.kinds import alarms
from penstock.kinds.deliveries import SQS_NAME_LIMIT, delivery_redrive_of, publications
from penstock.kinds.key import SEND_ACTIONS, kms_id
from penstock.kinds.kind import Kind
from penstock.kinds.queue import Queue, inline_queue, queue_arn
from penstock.model.component import Component, Redrive, Reference
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.layer import Layer
from penstock.plan.names import logical_id, pascal, shortened
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Ref, Value, arn
from penstock.records import field, record

GROUP = "ScheduleGroup"
CONTEXT: Mapping[str, str] = {
    "<aws.scheduler.schedule-arn>": "arn:aws:scheduler:eu-central-1:111122223333:schedule/group/name",
    "<aws.scheduler.scheduled-time>": "2027-01-31T03:00:00Z",
    "<aws.scheduler.execution-id>": "d32c5kddcf5bb8c3",
    "<aws.scheduler.attempt-number>": "1",
}
"""What EventBridge Scheduler replaces in a payload, each with a value as it may be."""
_MINUTE, _HOUR = 60, 60


@record
class Schedule(Component):
    """A clock. ``every`` is AWS's expression, ``max_age`` and ``window`` in seconds, ``payload`` what it sends."""

    word = "schedule"

    every: str
    timezone: str
    enabled: bool
    payload: Mapping[str, Any] = field(default_factory=dict)
    max_retries: int | None = None
    max_age: int | None = None
    window: int | None = None


def role_id(schedule: Component) -> str:
    """The logical id of the role with which a schedule sends, and writes its dead letters."""
    return logical_id(schedule.name, "ScheduleRole")


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The schedule, and its dead-letter queue."""
    retries = entry.part("retries")
    redrive = delivery_redrive_of(entry, shortened(f"{name}-dlq", SQS_NAME_LIMIT))
    named = isinstance(redrive, Redrive) and "queue" in entry.data["dlq"]
    place = entry.at("dlq", "queue")
    yield Schedule(
        name=name,
        origin=entry.origin,
        publications=publications(entry),
        references=(Reference(redrive.queue, place, ("queue",)),) if named and isinstance(redrive, Redrive) else (),
        redrive=redrive,
        tags=entry.pairs("tags"),
        every=entry.text("every") or "",
        timezone=entry.text("timezone") or "",
        enabled=entry.flag("enabled"),
        payload=entry.data.get("payload") or {},
        max_retries=retries.number("max_retries") if retries.states("max_retries") else None,
        max_age=retries.seconds("max_age") if retries.states("max_age") else None,
        window=entry.seconds("flexible_window"),
    )
    if isinstance(redrive, Redrive) and not named:
        tags = entry.pairs("tags")
        yield inline_queue(redrive.queue, entry.part("dlq"), tags)


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


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The group of the topology's schedules and the role of this one; the schedules themselves are the hops' business.

    Only the group may stand in the trust policy: with the schedule's own ARN Scheduler cannot take the role on. And it is with this
    role that Scheduler writes dead letters, so the queue's policy has nothing to say.
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
    """
    if not isinstance(component, Schedule):
        raise TypeError(component)
    share_group(topology, plan)
    role = role_id(component)
    tags = tag_list({**topology.tags, **component.tags})
    properties: dict[str, Value] = {"AssumeRolePolicyDocument": trust_policy(), "Tags": tags}
    plan.add(Resource(role, "AWS::IAM::Role", properties, component.at()))
    dlq = topology.dead_letter_queue(component.redrive)
    if isinstance(dlq, Queue):
        give_up = Statement(("sqs:SendMessage",), (queue_arn(dlq),))
        plan.grant(Holder.ROLE, role, f"GiveUpTo{pascal(dlq.name)}", give_up, component.at("dlq"))
        if dlq.encryption.key:
            use = Statement(SEND_ACTIONS, (kms_id(dlq.encryption.key),))
            plan.grant(Holder.ROLE, role, f"EncryptWith{pascal(dlq.encryption.key)}", use, component.at("dlq"))


def share_group(topology: Topology, plan: Plan) -> None:
    """The group that all schedules of a topology are in."""
    plan.share(Resource(GROUP, "AWS::Scheduler::ScheduleGroup", {"Tags": tag_list(topology.tags)}, topology.at()))


def trust_policy() -> dict[str, Value]:
    """Trust in Scheduler, on behalf of the topology's group alone."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "scheduler.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId"), "aws:SourceArn": arn(GROUP)}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def finish(topology: Topology, plan: Plan) -> None:
    """The alarms of the group."""
    kept = {topology.dead_letter_queue(schedule.redrive) is not None for schedule in topology.of(Schedule)}
    for alarm in alarms.for_schedules(GROUP, kept, topology):
        plan.add(alarm)


SCHEDULE = Kind(Schedule, "producers", "schedule", "producer-schedule", read, lower, finish, Layer.SENDERS)
