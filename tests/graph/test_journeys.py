"""The ways that messages take."""

from hypothesis import given

from penstock.graph.journeys import beginnings, journey
from penstock.model.component import Access, Component
from penstock.model.topology import Topology
from tests.graph.test_flow import topologies
from tests.graph.wiring import reading, stage, wired


def told(topology: Topology) -> list[str]:
    lines: list[str] = []
    seen: set[Component] = set()
    for start in beginnings(topology):
        lines.append(start.name)
        for leg in journey(start, topology, seen):
            carried = [",".join(leg.messages)] if leg.messages else []
            again = ["again"] if leg.told else []
            lines.append(" ".join([str(leg.depth), leg.connection.target.name, *carried, *again]))
    return lines


def test_a_tree_depth_first() -> None:
    topology = wired(
        stage("shop", sends=[("A", "one"), ("B", "two")]),
        stage("one"),
        stage("two", reads=["one"]),
        stage("three", reads=["two"]),
    )
    assert told(topology) == ["shop", "0 one A", "1 two A", "2 three A,B", "0 two B again"]


def test_a_route_that_is_switched_off_is_no_way() -> None:
    topology = wired(
        stage("shop", sends=[("A", "one")]), stage("one"), stage("two", reads=[reading("one", enabled=False)])
    )
    assert told(topology) == ["shop", "0 one A"]


def test_a_cycle_that_nothing_leads_into_begins_somewhere() -> None:
    topology = wired(stage("one", reads=["two"]), stage("two", reads=["one"]))
    assert told(topology) == ["one", "0 two", "1 one again"]


@given(topologies())
def test_every_connection_that_takes_messages_is_told_once(topology: Topology) -> None:
    seen: set[Component] = set()
    legs = [leg for start in beginnings(topology) for leg in journey(start, topology, seen)]
    wanted = [connection for connection in topology.connections if not isinstance(connection.settings, Access)]
    told_of = [leg.connection for leg in legs if not isinstance(leg.connection.settings, Access)]
    assert len(told_of) == len(set(told_of))
    assert set(told_of) == set(wanted)
