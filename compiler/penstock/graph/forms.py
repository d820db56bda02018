"""In which forms messages come to topics and buses: plain, or wrapped with their names by rules and pipes, which set no attributes."""

from typing import TYPE_CHECKING

from penstock.model.component import Component, Connection, Delivery, Form
from penstock.model.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Mapping


def forms(channel: Component, topology: Topology) -> frozenset[Form]:
    """The forms in which messages come to a topic or a bus; plain ones where nothing is known to come. Linear for all of them."""
    known: Mapping[Component, frozenset[Form]] | None = topology.known.get(forms)
    if known is None:
        known = topology.known[forms] = _forms(topology)
    return known.get(channel) or frozenset({Form.PLAIN})


def _forms(topology: Topology) -> dict[Component, frozenset[Form]]:
    channels = [channel for channel in topology.components.values() if channel.word in {"topic", "bus"}]
    found: dict[Component, set[Form]] = {channel: set() for channel in channels}
    pending = [(channel, _first(connection)) for channel in channels for connection in topology.incoming(channel)]
    pending += [(channel, form) for channel in channels for form in channel.forms]
    while pending:
        channel, form = pending.pop()
        if form is None or form in found[channel]:
            continue
        found[channel].add(form)
        if channel.word == "bus":
            pending += [(way.target, form) for way in topology.outgoing(channel) if way.target.word == "bus"]
    return {channel: frozenset(each) for channel, each in found.items()}


def _first(connection: Connection) -> Form | None:
    """The form in which a connection brings messages; ``None`` between buses, where they stay as they are."""
    if not isinstance(connection.settings, Delivery):
        return Form.PLAIN
    both = connection.source.word == connection.target.word == "bus"
    return None if both else Form.WRAPPED
