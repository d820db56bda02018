"""Sagas without a conductor: each step follows from a message of the one before.

Nothing is deployed for one. It says what the linter is to check, and `penstock explain` shows the flow that follows from it.
"""

from collections.abc import Iterator, Mapping

from penstock.graph.choreographies import Flow, unfold
from penstock.kinds.kind import Kind
from penstock.model.component import Absent, Component, Mention, Reference
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.records import NamedTuple, record


class Watch(NamedTuple):
    """After how many seconds a flow that has not ended is noticed, and by whom."""

    after: int
    by: str


@record
class Choreography(Component):
    """A choreography. ``compensations`` has for a message the one that undoes what it tells of."""

    word = "choreography"

    starts_with: str
    ends_with: tuple[str, ...]
    compensations: Mapping[str, str | Absent]
    watch: Watch | Absent | None = None


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The choreography."""
    watch = _watch(entry)
    undone = entry.pairs("compensations")
    by = (
        (Reference(watch.by, entry.at("timeout", "watched_by"), ("function", "service")),)
        if isinstance(watch, Watch)
        else ()
    )
    yield Choreography(
        name=name,
        origin=entry.origin,
        references=by,
        mentions=tuple(_mentions(entry, undone)),
        starts_with=_own(entry.text("starts_with") or ""),
        ends_with=tuple(map(_own, entry.words("ends_with"))),
        compensations={
            _own(message): _own(undo) if isinstance(undo, str) else Absent(undo["none"])
            for message, undo in undone.items()
        },
        watch=watch,
    )


def _watch(entry: Entry) -> Watch | Absent | None:
    if not entry.states("timeout"):
        return None
    part = entry.part("timeout")
    return entry.absent("timeout") or Watch(part.seconds("after") or 0, part.text("watched_by") or "")


def _mentions(entry: Entry, undone: Mapping[str, object]) -> Iterator[Mention]:
    yield Mention(entry.text("starts_with") or "", entry.at("starts_with"))
    several = isinstance(entry.data.get("ends_with"), list)
    for index, message in enumerate(entry.words("ends_with")):
        yield Mention(message, entry.at("ends_with", index) if several else entry.at("ends_with"))
    for message, undo in undone.items():
        place = entry.at("compensations", message)
        yield Mention(message, place)
        if isinstance(undo, str):
            yield Mention(undo, place)


def unfolded(saga: Choreography, topology: Topology) -> Flow:
    """The flow: all that may follow from its start, and from what is sent when it is overdue."""
    found = dict(unfold(topology, saga.starts_with))
    if isinstance(saga.watch, Watch):
        for sent in topology.components[saga.watch.by].publications:
            for message, steps in unfold(topology, sent.message).items():
                found.setdefault(message, steps)
    return found


def _own(message: str) -> str:
    """The name of a message in the topology that declares it."""
    return message.rpartition("/")[2]


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """Nothing: its steps are components of their own."""
    del component, topology, plan


CHOREOGRAPHY = Kind(Choreography, "sagas", "choreography", "saga-choreography", read, lower)
