"""The entries of ``from:`` and ``publishes:``, which several kinds share."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from penstock import resources
from penstock.model.component import Absent, Batch, Delivery, GroupBy, Pollers, Publication, Redrive, Reference
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
    """The entries of a channel's ``from:``: what topics and buses deliver to it, and what pipes bring from queues and streams."""
    if "from" not in entry.data:
        return ()
    return tuple(
        _read(
            name,
            part,
            raw=part.flag("raw"),
            payload=part.text("payload"),
            group_by=_group_by(part),
            dedupe_by=part.text("dedupe_by"),
            via=part.text("via"),
            batch=_batch(part, partial_failures=True),
        )
        for part in entry.parts("from", short="source")
    )


def function_deliveries(name: str, entry: Entry) -> tuple[Delivery, ...]:
    """The entries of a function's ``from:``: the queues and streams that Lambda reads for it, and what invokes it directly."""
    return tuple(
        _read(
            name,
            part,
            batch=_batch(part, partial_failures=part.part("batch").flag("partial_failures")),
            max_concurrency=part.number("max_concurrency"),
            pollers=_pollers(part),
        )
        for part in entry.parts("from", short="source")
    )


def service_deliveries(entry: Entry) -> tuple[Delivery, ...]:
    """The entries of a service's ``from:``: the queues that its workers poll."""
    return tuple(
        Delivery(
            source=part.text("source") or "",
            origin=part.origin,
            batch=Batch(part.part("batch").number("size") or 1, 0, partial_failures=True),
        )
        for part in entry.parts("from", short="source")
    )


def sink_deliveries(name: str, entry: Entry) -> tuple[Delivery, ...]:
    """The entries of the ``from:`` of a consumer that is no function."""
    return tuple(
        _read(name, part, batched=False, raw=part.flag("raw"), payload=part.text("payload"))
        for part in entry.parts("from", short="source")
    )


def _read(receiver: str, part: Entry, *, batched: bool = True, **own: Any) -> Delivery:  # noqa: ANN401 - fields of a delivery
    """What every ``from:`` entry may say, and what it says of its ``own`` kind of receiver."""
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
        dlq=_failures(receiver, part),
        bucket=_bucket(part),
        start=part.text("start"),
        parallelization=part.number("parallelization") or 1,
        bisect=batched and retries.flag("bisect"),
        **own,
    )


def _batch(part: Entry, *, partial_failures: bool) -> Batch:
    batch = part.part("batch")
    size = batch.number("size") or resources.limit("lambda.sqs_default_batch")
    return Batch(size, batch.seconds("window") or 0, partial_failures)


def _pollers(part: Entry) -> Pollers | None:
    if not part.states("pollers"):
        return None
    pollers = part.part("pollers")
    return Pollers(pollers.number("min") or 0, pollers.number("max") or 0)


def delivery_redrive(receiver: str, part: Entry) -> Redrive | Absent | None:
    """Where a delivery's failed messages go: ``dlq:`` of a ``from:`` entry."""
    return _given_up(part, "dlq", delivery_dlq_name, receiver)


def _failures(receiver: str, part: Entry) -> Redrive | Absent | None:
    """Where the failures of what a function reads go: ``on_failure:`` of a stream, ``dlq:`` of all else."""
    if _bucket(part):
        return None
    return _given_up(part, "on_failure", failed_batches_name, receiver) or delivery_redrive(receiver, part)


def _bucket(part: Entry) -> str | None:
    """The bucket that keeps a stream's failed batches."""
    if not part.states("on_failure"):
        return None
    name: str | None = part.data["on_failure"].get("bucket")
    return name


def delivery_redrive_of(entry: Entry, own: str) -> Redrive | Absent | None:
    """Where a component's undeliverable messages go: ``dlq:`` of the component; ``own`` is the name of an inline queue."""
    return _given_up(entry, "dlq", lambda name, _: name, own)


def _given_up(part: Entry, key: str, own: Callable[[str, Entry], str], receiver: str) -> Redrive | Absent | None:
    if not part.states(key):
        return None
    if absent := part.absent(key):
        return absent
    named: str | None = part.data[key].get("queue")
    return Redrive(named or own(receiver, part), None, part.origin.child(key))


def delivery_dlq_name(receiver: str, part: Entry) -> str:
    """The name of a delivery's own dead-letter queue."""
    return _label(receiver, part, "dlq")


def failed_batches_name(receiver: str, part: Entry) -> str:
    """The name of a delivery's own queue of a stream's failed batches."""
    return _label(receiver, part, "failed")


def _label(receiver: str, part: Entry, role: str) -> str:
    source = (part.text("source") or "").replace("/", "-")
    label = "-".join(filter(None, (receiver, "from", source, part.text("id"), role)))
    return shortened(label, SQS_NAME_LIMIT)


def inline_dlqs(receiver: str, entry: Entry) -> Iterator[tuple[str, Entry]]:
    """The dead-letter queues that a component's deliveries write inline, with their names."""
    for part in entry.parts("from", short="source"):
        if part.states("dlq") and not part.absent("dlq") and "queue" not in part.data["dlq"]:
            yield delivery_dlq_name(receiver, part), part.part("dlq")


def inline_failed_batches(receiver: str, entry: Entry) -> Iterator[tuple[str, Entry]]:
    """The queues of failed batches that a component's deliveries write inline, with their names."""
    for part in entry.parts("from", short="source"):
        if not part.states("on_failure") or part.absent("on_failure"):
            continue
        if "queue" not in part.data["on_failure"] and not _bucket(part):
            yield failed_batches_name(receiver, part), part.part("on_failure")


def named_dlqs(parts: Iterable[Entry]) -> Iterator[Reference]:
    """The declared queues that some entries name under ``dlq`` or ``on_failure``, and the buckets."""
    for part in parts:
        if bucket := _bucket(part):
            yield Reference(bucket, part.at("on_failure", "bucket"), ("store",))
        for key in ("dlq", "on_failure"):
            named = part.data.get(key)
            if isinstance(named, dict) and "queue" in named:
                yield Reference(named["queue"], part.at(key, "queue"), ("queue",))


def _group_by(part: Entry) -> GroupBy | None:
    if not part.states("group_by"):
        return None
    value = part.data["group_by"]
    return GroupBy(path=value) if isinstance(value, str) else GroupBy(constant=value["constant"])
