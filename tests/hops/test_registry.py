"""The table of hops is what the folder holds, and every hop is used."""

import importlib
from pathlib import Path

import penstock.hops
from penstock.hops import HOPS, Hop, hop_of
from tests.hops.pairs import PAIRS
from tests.topologies import NAMES, example, topology_of

FOLDER = Path(penstock.hops.__file__).parent


def test_hops_are_what_the_folder_holds() -> None:
    names = [f"penstock.hops.{path.stem}" for path in FOLDER.glob("*.py") if path.stem != "__init__"]
    held = {
        id(value) for name in names for value in vars(importlib.import_module(name)).values() if isinstance(value, Hop)
    }
    assert {id(hop) for hop in HOPS.values()} == held


def test_a_hop_stands_under_its_own_pair() -> None:
    assert [pair for pair, hop in HOPS.items() if pair != (hop.source, hop.target)] == []


def test_every_hop_is_used_by_an_example_or_a_fixture() -> None:
    topologies = [example(name) for name in NAMES]
    topologies += [topology_of(text) for text in PAIRS.values()]
    used = {id(hop_of(connection)) for topology in topologies for connection in topology.connections}
    assert used == {id(hop) for hop in HOPS.values()}


def test_every_hop_has_its_fixture() -> None:
    used = set()
    for (source, target), text in PAIRS.items():
        pairs = {(type(c.source).__name__, type(c.target).__name__) for c in topology_of(text).connections}
        assert (source, target) in pairs
        used.add((source, target))
    assert used == {(source.__name__, target.__name__) for source, target in HOPS}
