"""Which messages travel where."""

from collections import deque
from collections.abc import Iterator, Mapping
from weakref import WeakKeyDictionary

from penstock.model.component import Component, Connection, Delivery, Publication
from penstock.model.resolve import READABLE
from penstock.model.topology import Message, Topology
from penstock.records import NamedTuple


class Flow(NamedTuple):
    """The messages on every connection and at every component, in the order of their names."""

    on: Mapping[Connection, tuple[Message, ...]]
    at: Mapping[Component, tuple[Message, ...]]


_CACHE: WeakKeyDictionary[Topology, Flow] = WeakKeyDictionary()


def flow(topology: Topology) -> Flow:
    """The messages that may travel along each connection and arrive at each component, as far as they are declared.

    A publication carries its message, and so does a delivery from a store, which says what message the items are; any
    other delivery carries what its source gets, less what ``messages:`` leaves out. Raw patterns and attribute filters
    may let less through than is said here, never more. What comes from outside the topology is what the delivery says
    with ``messages:``. Linear: a channel is looked at again only when it gets a message that it did not have.
    """
    if topology not in _CACHE:
        _CACHE[topology] = _flow(topology)
    return _CACHE[topology]


def _flow(topology: Topology) -> Flow:
    carried: dict[Connection, set[str]] = {connection: set() for connection in topology.connections}
    held: dict[Component, set[str]] = {component: set() for component in topology.components.values()}
    pending: deque[tuple[Component, set[str]]] = deque()
    for connection in topology.connections:
        if isinstance(connection.settings, Publication):
            carried[connection].add(connection.settings.message)
            pending.append((connection.target, {connection.settings.message}))
        elif isinstance(connection.settings, Delivery) and connection.source.word == "store":
            carried[connection] |= set(connection.settings.messages or ())
            pending.append((connection.target, carried[connection]))
        elif isinstance(connection.settings, Delivery):
            pending.append((connection.source, set(_from_elsewhere(connection, topology))))
    pending.extend((component, set(component.carries)) for component in topology.components.values())
    pending.extend(_from_strangers(topology))
    while pending:
        component, names = pending.popleft()
        fresh = names - held[component]
        if not fresh:
            continue
        held[component] |= fresh
        for connection in topology.outgoing(component):
            if isinstance(connection.settings, Delivery):
                passing = fresh if connection.settings.messages is None else fresh & set(connection.settings.messages)
                carried[connection] |= passing
                pending.append((connection.target, passing))
                if component.word != "stream":  # of a stream places are given up, not messages
                    pending.extend(_given_up(connection.settings.dlq, passing, topology))
        pending.extend(_given_up(component.redrive, fresh, topology))
    return Flow(
        {connection: _in_order(names, topology) for connection, names in carried.items()},
        {component: _in_order(names, topology) for component, names in held.items()},
    )


def _from_elsewhere(connection: Connection, topology: Topology) -> Iterator[str]:
    """The messages that a delivery wants, if others may send them.

    They do to what they know or may use, or what gets events from outside, or because they are the others' messages.
    """
    if isinstance(connection.settings, Delivery):
        for name in connection.settings.messages or ():
            message = topology.messages.get(name)
            source = connection.source
            if message and (message.imported or source.is_open or source.is_fed_from_outside):
                yield name


def _from_strangers(topology: Topology) -> Iterator[tuple[Component, set[str]]]:
    """What is declared here and sent by nobody here, others send: through every channel that is there for them."""
    shared = [one for one in topology.components.values() if one.word in READABLE and one.is_shared]
    if shared:
        sent = {one.settings.message for one in topology.connections if isinstance(one.settings, Publication)}
        own = {message.name for message in topology.messages.values() if not message.imported}
        yield from ((channel, own - sent) for channel in shared)


def _given_up(redrive: object, names: set[str], topology: Topology) -> Iterator[tuple[Component, set[str]]]:
    queue = topology.dead_letter_queue(redrive)
    if queue is not None:
        yield queue, names


def _in_order(names: set[str], topology: Topology) -> tuple[Message, ...]:
    return tuple(topology.messages[name] for name in sorted(names))
