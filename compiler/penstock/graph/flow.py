"""Which messages travel where."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from penstock.model.component import Component, Connection, Delivery, Publication
from penstock.model.resolve import READABLE
from penstock.model.topology import Message, Topology
from penstock.records import NamedTuple


class Flow(NamedTuple):
    """The messages on every connection and at every component, in the order of their names; ``open`` are those that may carry others."""

    on: Mapping[Connection, tuple[Message, ...]]
    at: Mapping[Component, tuple[Message, ...]]
    open: frozenset[Connection]


_OTHERS = "*"
"""Stands among the names of messages for whatever others send."""


def flow(topology: Topology) -> Flow:
    """The messages that may travel along each connection and arrive at each component, as far as they are declared.

    A publication carries its message, and so does a delivery from a store, which says what message the items are; any
    other delivery carries what its source gets, less what ``messages:`` leaves out. Raw patterns and attribute filters
    may let less through than is said here, never more. What comes from outside the topology is what the delivery says
    with ``messages:``; and what is declared and sent by nobody may come to every channel that is there for others.
    Linear: a channel is looked at again only when it gets a message that it did not have.
    """
    found: Flow | None = topology.known.get(flow)
    if found is None:
        strangers = list(_from_strangers(topology))
        found = topology.known[flow] = _flow(topology, strangers) if strangers else stated_flow(topology)
    return found


def stated_flow(topology: Topology) -> Flow:
    """The flow without what nobody sends, which a sender anywhere would change: of this alone resources may depend."""
    found: Flow | None = topology.known.get(stated_flow)
    if found is None:
        found = topology.known[stated_flow] = _flow(topology, ())
    return found


def only_message(connection: Connection, topology: Topology) -> Message | None:
    """The one message that can come along a connection: the delivery names it, or nothing else can get there."""
    settings = connection.settings
    if isinstance(settings, Delivery) and settings.messages is not None and len(settings.messages) == 1:
        return topology.messages[settings.messages[0]]
    stated = stated_flow(topology)
    messages = stated.on[connection]
    return messages[0] if len(messages) == 1 and connection not in stated.open else None


def _flow(topology: Topology, strangers: Iterable[tuple[Component, set[str]]]) -> Flow:
    carried: dict[Connection, set[str]] = {connection: set() for connection in topology.connections}
    held: dict[Component, set[str]] = {component: set() for component in topology.components.values()}
    pending = deque((*_entering(topology, carried), *strangers))
    while pending:
        component, names = pending.popleft()
        fresh = names - held[component]
        if not fresh:
            continue
        held[component] |= fresh
        for connection in topology.outgoing(component):
            settings = connection.settings
            if isinstance(settings, Delivery):
                passing = fresh if settings.messages is None else fresh & set(settings.messages)
                carried[connection] |= passing
                pending.append((connection.target, passing))
                if settings.dlq and component.word != "stream":  # of a stream places are given up, not messages
                    pending.extend(_given_up(settings.dlq, passing, topology))
        if component.redrive:
            pending.extend(_given_up(component.redrive, fresh, topology))
        if (
            component.handover and not component.imported
        ):  # of what is in a record only readers of queues make a message again
            target = topology.components[component.handover.to]
            pending.append((target, fresh if target.word == "queue" else {_OTHERS}))
    return Flow(
        {connection: _in_order(names, topology) for connection, names in carried.items()},
        {component: _in_order(names, topology) for component, names in held.items()},
        frozenset(connection for connection, names in carried.items() if _OTHERS in names),
    )


def _entering(topology: Topology, carried: Mapping[Connection, set[str]]) -> Iterator[tuple[Component, set[str]]]:
    """What is sent, what stores give, and what others send to the channels that they can reach."""
    for connection in topology.connections:
        if isinstance(connection.settings, Publication):
            carried[connection].add(connection.settings.message)
            yield connection.target, {connection.settings.message}
        elif isinstance(connection.settings, Delivery) and connection.source.word == "store":
            carried[connection] |= set(connection.settings.messages or ())
            yield connection.target, set(carried[connection])
        elif isinstance(connection.settings, Delivery) and connection.settings.messages:
            yield connection.source, set(_from_elsewhere(connection.settings.messages, connection.source, topology))
    for component in topology.components.values():
        if component.carries:
            yield component, set(component.carries)
        if component.word in READABLE and (component.is_open or component.is_fed_from_outside):
            yield component, {_OTHERS}


def _from_elsewhere(wanted: Iterable[str], source: Component, topology: Topology) -> Iterator[str]:
    """The messages that a delivery wants of a channel, if others may send them there.

    They do to what they know or may use, or what gets events from outside, or because they are the others' messages.
    """
    for name in wanted:
        message = topology.messages.get(name)
        if message and (message.imported or source.is_open or source.is_fed_from_outside):
            yield name


def _from_strangers(topology: Topology) -> Iterator[tuple[Component, set[str]]]:
    """What is declared and sent by nobody, here or where a channel is imported from: it comes to every channel that is there for others."""
    yield from ((channel, set(channel.may_carry)) for channel in topology.components.values() if channel.may_carry)
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
    ordered = sorted(names) if len(names) > 1 else names  # nearly everywhere there is one, or none
    return tuple([topology.messages[name] for name in ordered if name != _OTHERS])
