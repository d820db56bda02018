"""How often messages arrive."""

from penstock.graph.flow import flow
from penstock.model.component import Component
from penstock.model.topology import Message, Topology


def arriving(component: Component, topology: Topology) -> dict[Message, float]:
    """The messages that are sent to a component and state a rate, with the most of them in a second; dead letters do not count."""
    flowing = flow(topology)
    messages = {one for connection in topology.incoming(component) for one in flowing.on[connection] if one.rate}
    return {one: one.rate.highest for one in sorted(messages, key=lambda one: one.name) if one.rate}
