"""What a bus, a topic, Lambda or a pipe would refuse to deliver, or deliver otherwise than it is written."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from penstock import resources
from penstock.diagnostics import Diagnostic
from penstock.model.component import Component, Delivery
from penstock.model.origin import Place
from penstock.model.resolve import fault
from penstock.model.units import show_duration

if TYPE_CHECKING:
    from penstock.kinds.table import Table

_PIPED = frozenset({"queue", "topic", "bus", "stream", "endpoint"})
_READING = _PIPED | {"function", "outbox"}


def contradictions(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """Every contradiction in a delivery."""
    for component in components.values():
        for delivery in component.deliveries:
            source = components.get(delivery.source)
            word = source.word if source else ""
            if word == "topic":
                yield from _filters(delivery, component)
            if source and source.is_read_by_rules:
                yield from _bus_retries(delivery, component)
            if source and source.arn_word == "bucket":
                yield from _bucket_events(delivery, source, component)
            if source and word in {"queue", "stream", "store"}:
                yield from _readings(delivery, source, component)
            if keeper := components.get(delivery.bucket or ""):
                yield from _failed_batches(delivery, component, keeper)


def _readings(delivery: Delivery, source: Component, component: Component) -> Iterator[Diagnostic]:
    if source.word == "store":
        from penstock.kinds.table import Table  # few read the stream of a table

        if not isinstance(source, Table):
            return
        if component.word in _READING:
            yield from _table_stream(delivery, source, component)
    if component.word in _PIPED:
        yield from _pipe(delivery, source, component)
    if source.word in {"stream", "store"} and delivery.start is None and component.word in _READING:
        text = f"{component} reads {source}, but does not say where in the stream it begins"
        help_ = "write `start: oldest`, or `start: latest` if what was sent before the deployment may be missed"
        yield fault("REF014", Place(delivery.origin, ("source",)), text, help_)


def _filters(delivery: Delivery, component: Component) -> Iterator[Diagnostic]:
    """`messages` filters on the attribute `message`, so the rest of the filter policy cannot look at the body or at that attribute."""
    if not delivery.messages:
        return
    place = Place(delivery.origin, ("messages",))
    if delivery.filters and delivery.filter_on == "body":
        text = f"{component} filters by `messages` and by the body, but SNS looks at attributes or at the body, never at both"
        yield fault("REF010", place, text, "leave one of them, or filter on attributes")
    elif any("message" in one for one in delivery.filters):
        text = f"{component} filters by `messages` and by the attribute 'message', which carries the message's name"
        yield fault("REF010", place, text, "leave one of them")


def _bus_retries(delivery: Delivery, component: Component) -> Iterator[Diagnostic]:
    """The bounds of EventBridge's retries are narrower than those of Lambda's, and it has no batches to split."""
    place = Place(delivery.origin, ("retries",))
    most, oldest = resources.limit("eventbridge.max_retries"), resources.limit("eventbridge.max_age")
    if (delivery.max_retries or 0) > most:
        text = f"{component} asks for {delivery.max_retries:,} retries, but EventBridge makes {most} at most"
        yield fault("REF015", place, text, f"write `max_retries: {most}` or less")
    if (delivery.max_age or 0) > oldest:
        text = (
            f"{component} asks for retries for {show_duration(delivery.max_age or 0)}, but EventBridge ends after 24 h"
        )
        yield fault("REF015", place, text, "write `max_age: 24h` or less")
    if delivery.origin.states(("retries", "bisect")):
        text = f"{component} asks for `bisect`, but a bus brings one event at a time"
        yield fault("REF015", place, text, "remove `bisect`")


def _failed_batches(delivery: Delivery, component: Component, keeper: Component) -> Iterator[Diagnostic]:
    """What cannot keep the batches of a stream that are given up."""
    from penstock.kinds.bucket import Bucket

    place = Place(delivery.origin, ("on_failure", "bucket"))
    queue = "write `on_failure: {}`, which makes a queue"
    if component.word != "function":
        text = f"the pipe from {delivery.source!r} to {component} cannot keep its failed batches in a bucket"
        yield fault("REF054", place, text, queue)
    elif not isinstance(keeper, Bucket) or keeper.existing:
        what = "which exists already" if keeper.existing else "which is no bucket"
        text = f"{component} is to keep its failed batches in {keeper}, {what}"
        yield fault("REF054", place, text, f"name a store of type `s3` that this topology makes, or {queue}")


def _table_stream(delivery: Delivery, table: "Table", component: Component) -> Iterator[Diagnostic]:
    """A table is read by its stream alone, and the contract of its items must be named: DynamoDB knows none."""
    if table.existing:
        text = f"{component} reads {table}, which exists already, and an ARN of a table does not say what its stream is called"
        yield fault("REF030", Place(delivery.origin, ("source",)), text, "let the stack that makes it read its stream")
    elif table.stream is None:
        text = f"{component} reads {table}, which has no stream"
        yield fault("REF030", Place(delivery.origin, ("source",)), text, "write `stream: new-image` for the store")
    if component.word != "outbox" and len(delivery.messages or ()) != 1:
        text = f"{component} reads {table}, but does not name the one message that the items are"
        yield fault("REF031", Place(delivery.origin, ("messages",)), text, "write `messages:` with that one message")


def _bucket_events(delivery: Delivery, bucket: Component, component: Component) -> Iterator[Diagnostic]:
    """A bucket must tell of its objects, and the contract of what it tells must be named: S3 knows none."""
    if component.word == "outbox":
        return  # it cannot be one at all, as is said elsewhere
    if not getattr(bucket, "stream", ()):
        text = f"{component} reads {bucket}, which tells nothing of its objects"
        yield fault("REF030", Place(delivery.origin, ("source",)), text, "write `stream: created` for the store")
    if len(delivery.messages or ()) != 1:
        text = f"{component} reads {bucket}, but does not name the one message that its events are"
        yield fault("REF031", Place(delivery.origin, ("messages",)), text, "write `messages:` with that one message")


def _pipe(delivery: Delivery, source: Component, target: Component) -> Iterator[Diagnostic]:
    """A pipe hands its batches on as they are, so its target bounds them."""
    most = resources.limit("pipes.max_stream_batch" if target.word == "stream" else "pipes.max_batch")
    if delivery.batch.size > most:
        text = f"the pipe from {source} to {target} has batches of {delivery.batch.size:,} messages, but {target} takes {most} at once"
        yield fault("REF032", Place(delivery.origin, ("batch", "size")), text, f"write `size: {most}` or less")
    filters = resources.limit("pipes.max_filters")
    if len(delivery.filters) > filters:
        text = f"the pipe from {source} to {target} has {len(delivery.filters)} filters, but a pipe takes {filters}"
        yield fault(
            "REF032", Place(delivery.origin, ("filter",)), text, "put alternatives of one field into one filter"
        )
