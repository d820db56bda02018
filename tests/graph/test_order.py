"""Where order ends, compared with walking every way there is."""

from collections.abc import Iterator

from hypothesis import given

from penstock.graph.flow import flow
from penstock.graph.order import losses
from penstock.model.component import Component, Connection, Publication
from penstock.model.topology import Topology
from tests.graph.test_flow import topologies
from tests.graph.wiring import stage, wired


def careless(connection: Connection) -> bool:
    """Every other receiver loses order."""
    return connection.target.name.endswith(("0", "2", "4"))


def keeps(connection: Connection) -> bool:
    return not careless(connection)


def onwards(component: Component, message: str, topology: Topology) -> Iterator[Connection]:
    for connection in topology.outgoing(component):
        settings = connection.settings
        if isinstance(settings, Publication):
            if settings.message == message:
                yield connection
        elif message in {one.name for one in flow(topology).on[connection]}:
            yield connection


def walked(topology: Topology) -> set[tuple[Component, str]]:
    """Everything that can be reached from behind a connection that loses order."""
    found: set[tuple[Component, str]] = set()
    pending = [
        (connection.target, message.name)
        for connection in topology.connections
        if careless(connection)
        for message in flow(topology).on[connection]
    ]
    while pending:
        arrival = pending.pop()
        if arrival not in found:
            found.add(arrival)
            pending += [(connection.target, arrival[1]) for connection in onwards(*arrival, topology)]
    return found


@given(topologies())
def test_lost_is_what_lies_behind_a_careless_connection(topology: Topology) -> None:
    found = losses(topology, keeps)
    assert set(found) == walked(topology)
    assert all(careless(cause) for cause in found.values())


def test_the_place_nearest_to_the_publisher_is_named() -> None:
    topology = wired(
        stage("shop", sends=[("A", "stage-2")]),
        stage("stage-2"),
        stage("stage-3", reads=["stage-2"]),
        stage("stage-4", reads=["stage-3"]),
    )
    found = losses(topology, keeps)
    first = next(connection for connection in topology.connections if connection.source.name == "shop")
    assert sorted((component.name, cause) for (component, _), cause in found.items()) == [
        ("stage-2", first),
        ("stage-3", first),
        ("stage-4", first),
    ]


def test_what_is_published_anew_is_in_order_again() -> None:
    topology = wired(
        stage("shop", sends=[("A", "stage-2")]),
        stage("stage-2"),
        stage("worker-1", reads=["stage-2"], sends=[("B", "stage-3")]),
        stage("stage-3"),
    )
    assert sorted((component.name, message) for component, message in losses(topology, keeps)) == [
        ("stage-2", "A"),
        ("worker-1", "A"),
    ]
