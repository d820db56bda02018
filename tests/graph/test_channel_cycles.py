"""Cycles of rules and pipes, in which nobody publishes."""

import pytest

from penstock.graph.cycles import endless
from tests.topologies import complete, topology_of

HEAD = 'producers:\n  p: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: b}}\n'
READER = "consumers: {f: {from: READ}}"


@pytest.mark.parametrize(
    ("channels", "reader", "found"),
    [
        ("buses: {b: {from: q}}\nqueues: {q: {from: b}}", "", "bq"),
        ("buses: {b: {from: q}}\nqueues: {q: {from: b}}", "b", "bq"),
        ("buses: {b: {from: q}}\nqueues: {q: {from: b}}", "q", ""),
        ("buses: {b: {from: q}}\nqueues: {q: {from: {source: b, pattern: {detail: {a: [b]}}}}}", "", ""),
        ("buses: {b: {from: q}}\nqueues: {q: {from: {source: b, enabled: false}}}", "", ""),
        ("buses: {b: {from: c}, c: {from: b}}", "c", "bc"),
    ],
)
def test_only_a_filter_or_another_reader_of_a_queue_ends_it(channels: str, reader: str, found: str) -> None:
    topology = topology_of(complete(HEAD + channels + ("\n" + READER.replace("READ", reader) if reader else "")))
    assert [{component.name for component in loop.route} for loop in endless(topology)] == [set(found)] * bool(found)
