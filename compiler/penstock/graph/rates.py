"""How often messages arrive."""

from penstock.graph.flow import flow
from penstock.model.component import Component
from penstock.model.topology import Message, Topology


def arriving(component: Component, topology: Topology) -> dict[Message, float]:
    """The messages that are sent to a component and state a rate, with the most of them in a second; dead letters do not count."""
    flowing = flow(topology)
    messages = {message for connection in topology.incoming(component) for message in flowing.on[connection]}
    return {message: message.rate.highest for message in sorted(messages, key=lambda one: one.name) if message.rate}
