"""Attempts that multiply: the worst chain of components that wait for each other, behind each connection that nobody waits for."""

from math import prod

from hypothesis import given
from hypothesis import strategies as st

from penstock.graph.retries import Layer, nestings
from penstock.model.component import Component, Connection, Publication
from penstock.model.topology import Topology
from tests.graph.wiring import stage, wired

SENDS = st.dictionaries(st.tuples(st.integers(0, 6), st.integers(0, 6)), st.integers(1, 5), max_size=14)


def layer(connection: Connection) -> Layer:
    """What is published is waited for, as often as the message's name says; what is read is tried five times."""
    if isinstance(connection.settings, Publication):
        return Layer("the sender", int(connection.settings.message.removeprefix("Message")) or None, waits=True)
    return Layer("the channel", 5, waits=False)


def products(topology: Topology, above: int = 0) -> dict[str, int]:
    """Where each nesting begins and ends, with its product, which must be that of its steps."""
    found = {}
    for nesting in nestings(topology, layer, above):
        assert nesting.product == prod(each.attempts or 0 for _, each in nesting.steps)
        assert all(
            one.target is two.source for (one, _), (two, _) in zip(nesting.steps, nesting.steps[1:], strict=False)
        )
        found[f"{nesting.steps[0][0].source.name} {nesting.steps[-1][0].target.name}"] = nesting.product
    return found


def test_attempts_multiply_along_a_chain() -> None:
    topology = wired(
        *[
            stage("queue"),
            stage("a", reads=["queue"], sends=[("Message3", "b")]),
            stage("b", sends=[("Message4", "c")]),
            stage("c"),
        ]
    )
    assert products(topology) == {"queue c": 60}
    assert products(topology, above=60) == {}


def test_what_a_channel_has_taken_begins_anew() -> None:
    topology = wired(
        *[
            stage("first"),
            stage("a", reads=["first"], sends=[("Message3", "second")]),
            stage("second"),
            stage("b", reads=["second"], sends=[("Message2", "c")]),
            stage("c"),
        ]
    )
    assert products(topology) == {"first second": 15, "second c": 10}


def test_what_has_no_end_and_what_comes_round_is_no_factor() -> None:
    endless = wired(*[stage("queue"), stage("a", reads=["queue"], sends=[("Message0", "b")]), stage("b")])
    assert products(endless) == {}
    ring = wired(
        *[stage("queue"), stage("a", reads=["queue"], sends=[("Message2", "b")]), stage("b", sends=[("Message2", "a")])]
    )
    assert products(ring) == {}


def test_a_chain_may_be_long() -> None:
    links = [stage(f"s{number}", sends=[("Message1", f"s{number + 1}")]) for number in range(3_000)]
    topology = wired(*[stage("queue"), stage("r", reads=["queue"], sends=[("Message2", "s0")]), *links, stage("s3000")])
    assert products(topology, above=5) == {"queue s3000": 10}


@given(SENDS)
def test_the_worst_is_the_worst_of_all_ways(sends: dict[tuple[int, int], int]) -> None:
    """Without cycles: everything sends only to higher numbers."""
    ways = {(source, target): attempts for (source, target), attempts in sends.items() if source < target}
    stages = [
        stage(
            f"s{number}",
            reads=["queue"] if number == 0 else [],
            sends=[
                (f"Message{attempts}", f"s{target}") for (source, target), attempts in ways.items() if source == number
            ],
        )
        for number in range(7)
    ]
    topology = wired(stage("queue"), *stages)
    worst = products(topology)
    assert max([number for where, number in worst.items() if where.startswith("queue ")], default=5) == 5 * brute(
        topology.components["s0"], topology
    )


def brute(component: Component, topology: Topology) -> int:
    """The largest product of all ways from a component."""
    return max(
        [(layer(one).attempts or 1) * brute(one.target, topology) for one in topology.outgoing(component)], default=1
    )
