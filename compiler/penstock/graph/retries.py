"""How attempts multiply while one waits for the other."""

from collections.abc import Callable, Iterator, Mapping
from math import prod
from typing import NamedTuple

from penstock.model.component import Component, Connection
from penstock.model.topology import Topology


class Layer(NamedTuple):
    """Who tries a connection, and how often (``None``: without end); ``waits``: a failure comes back to the connection's source."""

    by: str
    attempts: int | None
    waits: bool


class Nesting(NamedTuple):
    """Connections of which each is tried anew whenever the one before it is."""

    steps: tuple[tuple[Connection, Layer], ...]

    @property
    def product(self) -> int:
        """How often the last one may be tried for one message."""
        return prod(layer.attempts or 1 for _, layer in self.steps)


def nestings(topology: Topology, layer: Callable[[Connection], Layer]) -> Iterator[Nesting]:
    """The worst nesting that begins with each connection which nobody waits for. Linear: each connection is asked once.

    What a channel has taken is safe there, so a nesting ends at it, and another one begins behind. What is tried without end is no factor.
    """
    layers = {connection: layer(connection) for connection in topology.connections}
    for connection, outer in layers.items():
        begins = not outer.waits or not topology.incoming(connection.source)
        inner = _worst(connection.target, topology, layers, frozenset()) if begins and outer.attempts else ()
        if inner:
            yield Nesting(((connection, outer), *inner))


def _worst(
    component: Component, topology: Topology, layers: Mapping[Connection, Layer], above: frozenset[Component]
) -> tuple[tuple[Connection, Layer], ...]:
    """The most that one attempt at a component makes of attempts at others, for whose answers it waits."""
    ways = [
        ((connection, layers[connection]), *_worst(connection.target, topology, layers, above | {component}))
        for connection in topology.outgoing(component)
        if layers[connection].waits and layers[connection].attempts and connection.target not in above
    ]
    return max(ways, key=lambda steps: Nesting(steps).product, default=())
