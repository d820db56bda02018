"""Where one message arrives by two routes, so that its receiver gets two copies of it by design."""

from collections import deque
from collections.abc import Iterator, Mapping

from penstock.graph.flow import flow
from penstock.model.component import Component, Connection, Delivery
from penstock.model.topology import Topology
from penstock.records import NamedTuple

_MOST = 4
"""How many channels of one message are told apart at one place: enough to find two routes, and bounded, so that the whole is linear."""

Partings = frozenset[Component]
"""The channels that a message has come through, each of which hands a copy to every one of its receivers."""


class Meeting(NamedTuple):
    """A component at which routes of one message meet that parted at one channel."""

    component: Component
    message: str
    parting: Component
    routes: tuple[Connection, ...]


def meetings(topology: Topology) -> Iterator[Meeting]:
    """The components that always get a message more than once, and the last steps of its routes.

    Only what is certain is said: a publisher may send a message here or there, and filters and patterns may each let another part
    through, so routes part at channels alone, and only deliveries without them count.
    """
    passed = _partings(topology)
    for component in topology.components.values():
        if len(topology.incoming(component)) > 1:
            yield from _meetings(component, passed, topology)


def _meetings(
    component: Component, passed: Mapping[tuple[Connection, str], Partings], topology: Topology
) -> Iterator[Meeting]:
    routes: dict[tuple[str, Component], list[Connection]] = {}
    for connection in topology.incoming(component):
        for message in flow(topology).on[connection]:
            for parting in sorted(passed.get((connection, message.name), ()), key=lambda channel: channel.name):
                routes.setdefault((message.name, parting), []).append(connection)
    told: set[str] = set()
    for (message_name, parting), several in routes.items():
        if len(several) > 1 and message_name not in told:
            told.add(message_name)
            yield Meeting(component, message_name, parting, tuple(several))


def _partings(topology: Topology) -> dict[tuple[Connection, str], Partings]:
    """The channels that each message on each delivery has certainly come through."""
    on: dict[tuple[Connection, str], Partings] = {}
    held: dict[tuple[Component, str], Partings] = {}
    pending = deque(
        (channel, message.name)
        for channel in topology.components.values()
        if channel.word != "queue" and len(topology.outgoing(channel)) > 1  # readers of a queue share its messages
        for message in flow(topology).at[channel]
    )
    while pending:
        component, message = pending.popleft()
        for connection in topology.outgoing(component):
            if not _certain(connection, message):
                continue
            own = frozenset() if component.word == "queue" else {component}
            passing = _few(held.get((component, message), frozenset()) | own)
            if on.get((connection, message)) == passing:
                continue
            on[connection, message] = passing
            arrival = connection.target, message
            held[arrival] = _few(held.get(arrival, frozenset()) | passing)
            pending.append(arrival)
    return on


def _few(partings: Partings) -> Partings:
    return partings if len(partings) <= _MOST else frozenset(sorted(partings, key=lambda one: one.name)[:_MOST])


def _certain(connection: Connection, message: str) -> bool:
    """Whether a delivery takes every such message along."""
    settings = connection.settings
    if not isinstance(settings, Delivery) or not settings.enabled or settings.filters or settings.pattern:
        return False
    return settings.messages is None or message in settings.messages
