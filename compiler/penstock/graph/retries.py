"""How attempts multiply while one waits for the other."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from penstock.graph.cycles import strongly_connected
from penstock.model.component import Component, Connection, Delivery
from penstock.model.topology import Topology
from penstock.records import NamedTuple


class Layer(NamedTuple):
    """Who tries a connection, and how often (``None``: without end); ``waits``: a failure comes back to the connection's source."""

    by: str
    attempts: int | None
    waits: bool


class Nesting(NamedTuple):
    """Connections of which each is tried anew whenever the one before it is; ``product`` is how often the last one may be tried."""

    steps: tuple[tuple[Connection, Layer], ...]
    product: int


class _Worst(NamedTuple):
    """The most attempts that one attempt at a component may become, and the connection that it begins with."""

    product: int
    first: Connection


def nestings(topology: Topology, layer: Callable[[Connection], Layer], above: int) -> Iterator[Nesting]:
    """The worst nesting that begins with each connection which nobody waits for, where it makes more than so many attempts. Linear.

    What a channel has taken is safe there, so a nesting ends at it, and another one begins behind. What is tried without end is no factor,
    and neither is what comes round in a cycle. A delivery is waited for by nobody: what is delivered was taken before.
    """
    layers = {one: layer(one) for one in topology.connections if not isinstance(one.settings, Delivery)}
    worst = _worst(layers)
    for connection in topology.connections:
        inner = worst.get(connection.target)
        if inner is None:
            continue
        outer = layers[connection] if connection in layers else layer(connection)
        begins = not outer.waits or not topology.incoming(connection.source)
        if begins and outer.attempts and outer.attempts * inner.product > above:
            way = ((step, layers[step]) for step in _way(connection.target, worst))
            yield Nesting(((connection, outer), *way), outer.attempts * inner.product)


def _worst(layers: Mapping[Connection, Layer]) -> dict[Component, _Worst]:
    """For each component that waits for others. Those that it can reach come before it."""
    waiting: dict[Component, list[Connection]] = defaultdict(list)
    for one, each in layers.items():
        if each.waits and each.attempts:
            waiting[one.source].append(one)
    found: dict[Component, _Worst] = {}
    targets = {component: [one.target for one in ways] for component, ways in waiting.items()}
    for part in strongly_connected(targets):
        inside = set(part)
        for component in part:
            ways = [one for one in waiting.get(component, ()) if one.target not in inside]
            products = [
                (layers[one].attempts or 1) * (found[one.target].product if one.target in found else 1) for one in ways
            ]
            if products:
                most = max(products)
                found[component] = _Worst(most, ways[products.index(most)])
    return found


def _way(component: Component, worst: Mapping[Component, _Worst]) -> Iterator[Connection]:
    while component in worst:
        yield worst[component].first
        component = worst[component].first.target
