"""What follows from a message when nobody conducts: who takes it, what they send then, who takes that."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from penstock.graph.cycles import strongly_connected
from penstock.graph.flow import flow
from penstock.model.component import Component
from penstock.model.resolve import READABLE
from penstock.model.topology import Topology
from penstock.records import NamedTuple


class Step(NamedTuple):
    """Who takes a message, and the messages that it may send then, in the order of the text."""

    by: Component
    sends: tuple[str, ...]


Flow = Mapping[str, Sequence[Step]]
"""The messages of a flow, the first one first, with who takes each."""


def unfold(topology: Topology, start: str) -> Flow:
    """All that may follow from a message within a topology. Linear.

    Whoever takes several messages may send any of its own upon each.
    """
    takers = _takers(topology)
    found: dict[str, list[Step]] = {}
    pending = [start]
    while pending:
        message = pending.pop(0)
        if message in found:
            continue
        found[message] = [Step(component, _sent(component, topology)) for component in takers.get(message, ())]
        pending += [sent for step in found[message] for sent in step.sends]
    return found


def _takers(topology: Topology) -> dict[str, list[Component]]:
    """The components that do something with each message; channels only hand it on."""
    takers: dict[str, list[Component]] = {}
    arriving = flow(topology).at
    for component in topology.components.values():
        if component.word not in READABLE:
            for message in arriving[component]:
                takers.setdefault(message.name, []).append(component)
    return takers


def _sent(component: Component, topology: Topology) -> tuple[str, ...]:
    """The messages that a component sends; of a function that only starts a saga those of the saga."""
    connections = topology.outgoing(component)
    started = [one.target for one in connections if one.target.word == "saga" and one.target.part_of is None]
    senders = (component, *started)
    return tuple(dict.fromkeys(one.message for sender in senders for one in sender.publications))


def senders(topology: Topology, message: str) -> list[Component]:
    """Who sends a message."""
    everybody = topology.components.values()
    return [one for one in everybody if any(sent.message == message for sent in one.publications)]


def leaves(topology: Topology, message: str, steps: Sequence[Step]) -> bool:
    """Whether a message goes where this topology does not see: by a channel that others may read, or to somebody outside."""
    if any(step.by.word in {"external consumer", "endpoint"} for step in steps):
        return True
    arriving = flow(topology).at
    return any(
        (channel.export or channel.imported or channel.existing or getattr(channel, "allowance", ((), ()))[1])
        and any(one.name == message for one in arriving[channel])
        for channel in topology.components.values()
        if channel.word in READABLE
    )


def dead_ends(found: Flow, ends: Collection[str]) -> Iterator[list[str]]:
    """The messages after which none of ``ends`` can follow, where that begins: one alone, or several that follow from each other.

    What leads only to these is not told again.
    """
    following = {message: [sent for step in steps for sent in step.sends] for message, steps in found.items()}
    reaches: set[str] = set()
    for part in strongly_connected(following):  # what can be reached comes first
        ahead = {sent for message in part for sent in following.get(message, ())} - set(part)
        if reaches & ahead or set(part) & set(ends):
            reaches |= set(part)
        elif not ahead:
            yield sorted(part, key=list(found).index)
