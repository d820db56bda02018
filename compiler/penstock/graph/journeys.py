"""The ways that messages take, as a tree from each place where they begin."""

from collections.abc import Iterator

from penstock.graph.flow import flow
from penstock.model.component import Access, Component, Connection, Delivery, Publication
from penstock.model.topology import Topology
from penstock.records import NamedTuple


class Leg(NamedTuple):
    """One step of a journey: ``depth`` steps after its beginning, with the messages that take it.

    ``told`` is whether the way on from the receiver stands further up, in this journey or in one before it.
    """

    depth: int
    connection: Connection
    messages: tuple[str, ...]
    told: bool


def beginnings(topology: Topology) -> Iterator[Component]:
    """Where journeys begin: what hands on and gets nothing, or what others send to, then one component of every other cycle."""
    reached: set[Component] = set()
    for component in topology.components.values():
        from_others = component.imported or not topology.incoming(component)
        if from_others and any(map(_travels, topology.outgoing(component))):
            yield component
            reached |= _reachable(component, topology, reached)
    for component in topology.components.values():
        if component not in reached and any(map(_travels, topology.outgoing(component))):
            yield component
            reached |= _reachable(component, topology, reached)


def _reachable(start: Component, topology: Topology, known: set[Component]) -> set[Component]:
    found = {start}
    pending = [start]
    while pending:
        for connection in topology.outgoing(pending.pop()):
            if _travels(connection) and connection.target not in found and connection.target not in known:
                found.add(connection.target)
                pending.append(connection.target)
    return found


def journey(start: Component, topology: Topology, told: set[Component]) -> Iterator[Leg]:
    """Every step from a component on, depth first. The way on from a component is told once: ``told`` gathers them. Linear."""
    told.add(start)
    pending = [(0, connection) for connection in reversed(topology.outgoing(start)) if _travels(connection)]
    while pending:
        depth, connection = pending.pop()
        receiver = connection.target
        again = receiver in told
        yield Leg(depth, connection, messages_on(connection, topology), again)
        if not again:
            told.add(receiver)
            onwards = reversed(topology.outgoing(receiver))
            pending += [(depth + 1, following) for following in onwards if _travels(following)]


def messages_on(connection: Connection, topology: Topology) -> tuple[str, ...]:
    """The names of the messages that may travel on a connection."""
    if isinstance(connection.settings, Publication):
        return (connection.settings.message,)
    return tuple(message.name for message in flow(topology).on[connection])


def _travels(connection: Connection) -> bool:
    """Whether messages take a connection; the use of a store is where they have their effect, which ends a journey."""
    settings = connection.settings
    if isinstance(settings, Access):
        return bool(settings.ways & {"write"})
    return not isinstance(settings, Delivery) or settings.enabled
