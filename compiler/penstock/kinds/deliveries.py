"""The entries of ``from:`` and ``publishes:``, which several kinds share."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from penstock.model.component import Absent, Batch, Delivery, GroupBy, Publication, Redrive, Reference
from penstock.model.entry import Entry
from penstock.plan.names import shortened

SQS_NAME_LIMIT = 64
"""How long the name of a component may be; CloudFormation adds a stack's name and a suffix to it."""


def publications(entry: Entry) -> tuple[Publication, ...]:
    """The entries of ``publishes:``."""
    return tuple(
        Publication(message=part.text("message") or "", to=part.text("to") or "", origin=part.origin)
        for part in entry.parts("publishes")
    )


def channel_deliveries(name: str, entry: Entry) -> tuple[Delivery, ...]:
    """The entries of a queue's ``from:``: what topics and buses deliver to it."""
    return tuple(
        replace(_delivery(name, part), raw=part.flag("raw"), group_by=_group_by(part))
        for part in entry.parts("from", short="source")
    )


def function_deliveries(name: str, entry: Entry) -> tuple[Delivery, ...]:
    """The entries of a function's ``from:``: the queues that Lambda polls for it, and what invokes it directly."""
    return tuple(
        replace(_delivery(name, part), batch=_batch(part), max_concurrency=part.number("max_concurrency"))
        for part in entry.parts("from", short="source")
    )


def _delivery(receiver: str, part: Entry) -> Delivery:
    """What every ``from:`` entry may say."""
    retries = part.part("retries")
    filters = part.data.get("filter")
    return Delivery(
        source=part.text("source") or "",
        origin=part.origin,
        id=part.text("id"),
        enabled=part.flag("enabled"),
        messages=part.words("messages") if part.states("messages") else None,
        pattern=part.data.get("pattern"),
        filters=tuple(filters if isinstance(filters, list) else [filters]) if filters else (),
        filter_on=part.text("filter_on") or "attributes",
        max_retries=retries.number("max_retries") if retries.states("max_retries") else None,
        max_age=retries.seconds("max_age") if retries.states("max_age") else None,
        dlq=delivery_redrive(receiver, part),
    )


def _batch(part: Entry) -> Batch:
    batch = part.part("batch")
    return Batch(batch.number("size") or 1, batch.seconds("window") or 0, batch.flag("partial_failures"))


def delivery_redrive(receiver: str, part: Entry) -> Redrive | Absent | None:
    """Where a delivery's failed messages go: ``dlq:`` of a ``from:`` entry."""
    if not part.states("dlq"):
        return None
    if absent := part.absent("dlq"):
        return absent
    origin = part.origin.child("dlq")
    named: str | None = part.data["dlq"].get("queue")
    return Redrive(named or delivery_dlq_name(receiver, part), None, origin)


def delivery_dlq_name(receiver: str, part: Entry) -> str:
    """The name of a delivery's own dead-letter queue."""
    label = "-".join(filter(None, (receiver, "from", part.text("source"), part.text("id"), "dlq")))
    return shortened(label, SQS_NAME_LIMIT)


def inline_dlqs(receiver: str, entry: Entry) -> Iterator[tuple[str, Entry]]:
    """The dead-letter queues that a component's deliveries write inline, with their names."""
    for part in entry.parts("from", short="source"):
        if part.states("dlq") and not part.absent("dlq") and "queue" not in part.data["dlq"]:
            yield delivery_dlq_name(receiver, part), part.part("dlq")


def named_dlqs(parts: Iterable[Entry]) -> Iterator[Reference]:
    """The declared queues that some entries name under ``dlq``."""
    for part in parts:
        if isinstance(part.data.get("dlq"), Mapping) and "queue" in part.data["dlq"]:
            yield Reference(part.data["dlq"]["queue"], part.at("dlq", "queue"), ("queue",))


def _group_by(part: Entry) -> GroupBy | None:
    if not part.states("group_by"):
        return None
    value = part.data["group_by"]
    return GroupBy(path=value) if isinstance(value, str) else GroupBy(constant=value["constant"])
