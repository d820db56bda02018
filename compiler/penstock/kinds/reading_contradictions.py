"""What Lambda or a pipe would refuse to read, or read otherwise than it is written."""

from collections.abc import Iterator, Mapping

from penstock import resources
from penstock.diagnostics import Diagnostic
from penstock.kinds.bucket import Bucket
from penstock.kinds.bus import Bus
from penstock.kinds.endpoint import Endpoint
from penstock.kinds.function import Function
from penstock.kinds.queue import Queue
from penstock.kinds.stream import Stream
from penstock.kinds.table import Table
from penstock.kinds.topic import Topic
from penstock.model.component import Component, Delivery
from penstock.model.origin import Place
from penstock.model.resolve import fault


def of_readings(delivery: Delivery, source: Component | None, component: Component) -> Iterator[Diagnostic]:
    """Every contradiction of a delivery from a queue, a stream or a table."""
    reads = isinstance(component, Function | Queue | Topic | Bus | Stream | Endpoint)
    if isinstance(source, Table) and reads:
        yield from _table_stream(delivery, source, component)
    if isinstance(source, Queue | Stream | Table) and isinstance(component, Queue | Topic | Bus | Stream | Endpoint):
        yield from _pipe(delivery, source, component)
    if isinstance(source, Stream | Table) and delivery.start is None and reads:
        text = f"{component} reads {source}, but does not say where in the stream it begins"
        help_ = "write `start: oldest`, or `start: latest` if what was sent before the deployment may be missed"
        yield fault("REF014", Place(delivery.origin, ("source",)), text, help_)


def failed_batches(
    delivery: Delivery, component: Component, components: Mapping[str, Component]
) -> Iterator[Diagnostic]:
    """What cannot keep the batches of a stream that are given up."""
    keeper = components.get(delivery.bucket or "")
    if keeper is None:
        return
    place = Place(delivery.origin, ("on_failure", "bucket"))
    queue = "write `on_failure: {}`, which makes a queue"
    if not isinstance(component, Function):
        text = f"the pipe from {delivery.source!r} to {component} cannot keep its failed batches in a bucket"
        yield fault("REF054", place, text, queue)
    elif not isinstance(keeper, Bucket) or keeper.existing:
        what = "which exists already" if keeper.existing else "which is no bucket"
        text = f"{component} is to keep its failed batches in {keeper}, {what}"
        yield fault("REF054", place, text, f"name a store of type `s3` that this topology makes, or {queue}")


def _table_stream(delivery: Delivery, table: Table, component: Component) -> Iterator[Diagnostic]:
    """A table is read by its stream alone, and the contract of its items must be named: DynamoDB knows none."""
    if table.existing:
        text = f"{component} reads {table}, which exists already, and an ARN of a table does not say what its stream is called"
        yield fault("REF030", Place(delivery.origin, ("source",)), text, "let the stack that makes it read its stream")
    elif table.stream is None:
        text = f"{component} reads {table}, which has no stream"
        yield fault("REF030", Place(delivery.origin, ("source",)), text, "write `stream: new-image` for the store")
    if len(delivery.messages or ()) != 1:
        text = f"{component} reads {table}, but does not name the one message that the items are"
        yield fault("REF031", Place(delivery.origin, ("messages",)), text, "write `messages:` with that one message")


def _pipe(delivery: Delivery, source: Component, target: Component) -> Iterator[Diagnostic]:
    """A pipe hands its batches on as they are, so its target bounds them."""
    most = resources.limit("pipes.max_stream_batch" if isinstance(target, Stream) else "pipes.max_batch")
    if delivery.batch.size > most:
        text = f"the pipe from {source} to {target} has batches of {delivery.batch.size:,} messages, but {target} takes {most} at once"
        yield fault("REF032", Place(delivery.origin, ("batch", "size")), text, f"write `size: {most}` or less")
    filters = resources.limit("pipes.max_filters")
    if len(delivery.filters) > filters:
        text = f"the pipe from {source} to {target} has {len(delivery.filters)} filters, but a pipe takes {filters}"
        yield fault(
            "REF032", Place(delivery.origin, ("filter",)), text, "put alternatives of one field into one filter"
        )
