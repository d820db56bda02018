"""Mail addresses that a topic writes to."""

from collections.abc import Iterator

from penstock.kinds.deliveries import sink_deliveries
from penstock.kinds.kind import Kind
from penstock.kinds.queue import delivery_queues, delivery_references
from penstock.model.component import Component
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.records import record


@record
class Email(Component):
    """A mail address; ``format`` is ``text`` or ``json``."""

    word = "email"

    address: str
    format: str


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The address, and the dead-letter queues of its deliveries."""
    yield Email(
        name=name,
        origin=entry.origin,
        deliveries=sink_deliveries(name, entry),
        references=delivery_references(entry),
        address=entry.text("address") or "",
        format=entry.text("format") or "",
    )
    yield from delivery_queues(name, entry, {})


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """Nothing: the subscription is the hop's business."""
    del component, topology, plan


EMAIL = Kind(Email, "consumers", "email", "consumer-email", read, lower)
