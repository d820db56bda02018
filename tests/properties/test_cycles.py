"""Dead-letter queues that are each other's are found, whether a message comes there or not: no stack can be made of them."""

import pytest

from penstock.lint.engine import run
from penstock.lint.rules.graph.cycle_without_exit import cycle_without_exit
from tests.topologies import complete, topology_of


@pytest.mark.parametrize(
    ("queues", "cycles"),
    [
        ("{a: {dlq: {queue: a}}}", 1),
        ("{a: {dlq: {queue: b}}, b: {dlq: {queue: a}}}", 1),
        ("{a: {dlq: {queue: b}}, b: {dlq: {queue: c}}, c: {dlq: {queue: a}}, d: {dlq: {queue: a}}}", 1),
        ("{a: {dlq: {queue: b}}, b: {dlq: {queue: c}}, c: {}}", 0),
        ("{a: {dlq: {}}}", 0),
    ],
)
def test_dead_letters_that_go_round(queues: str, cycles: int) -> None:
    assert len(run(topology_of(complete(f"queues: {queues}")), [cycle_without_exit])) == cycles
