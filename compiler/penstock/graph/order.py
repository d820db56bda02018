"""Where the order of messages ends on their way."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping

from penstock.graph.flow import flow
from penstock.model.component import Component, Connection, Publication
from penstock.model.topology import Topology

Arrival = tuple[Component, str]
"""A component, and the name of a message that arrives there."""


def losses(topology: Topology, keeps: Callable[[Connection], bool]) -> Mapping[Arrival, Connection]:
    """The messages that do not arrive in the order in which they were first published, each with the connection that lost it.

    ``keeps`` says whether a connection hands messages on in the order in which it gets them. A component that publishes a message that
    also arrives there passes it on, so what was lost before stays lost, and the place nearest to a publisher is named. Linear: each
    message of each component is settled once.
    """
    careless = [
        (connection, message.name)
        for connection in topology.connections
        if not keeps(connection)
        for message in flow(topology).on[connection]
    ]
    lost = _spread(careless, topology)
    first = [(connection, message) for connection, message in careless if (connection.source, message) not in lost]
    return {**lost, **_spread(first, topology)}


def _spread(causes: Iterable[tuple[Connection, str]], topology: Topology) -> dict[Arrival, Connection]:
    """What some losses do to every arrival further down."""
    found: dict[Arrival, Connection] = {}
    pending: deque[Arrival] = deque()
    for connection, message in causes:
        arrival = connection.target, message
        if arrival not in found:
            found[arrival] = connection
            pending.append(arrival)
    while pending:
        component, message = pending.popleft()
        for connection in topology.outgoing(component):
            arrival = connection.target, message
            if arrival not in found and _carries(connection, message, topology):
                found[arrival] = found[component, message]
                pending.append(arrival)
    return found


def _carries(connection: Connection, message: str, topology: Topology) -> bool:
    if isinstance(connection.settings, Publication):
        return connection.settings.message == message
    return any(one.name == message for one in flow(topology).on[connection])
