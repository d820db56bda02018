"""What the finding of a pair that cannot be joined says could stand between."""

import pytest

from penstock.lint.rules.graph.unsupported_hop import unsupported_hop
from tests.topologies import complete, topology_of


@pytest.mark.parametrize(
    ("source", "consumer", "between"),
    [
        ("topics", "{type: log, from: s}", "a function and then a bus"),
        ("queues", "{type: email, address: a@b.example, from: s}", "a topic"),
        ("streams", "{type: log, from: s}", "a bus"),
    ],
)
def test_what_could_stand_between_is_named(source: str, consumer: str, between: str) -> None:
    topology = topology_of(complete(f"{source}: {{s: {{}}}}\nconsumers: {{p: {consumer}}}"))
    (finding,) = unsupported_hop.check(topology)
    assert finding.help
    assert f"with {between} in between it gets there" in finding.help
