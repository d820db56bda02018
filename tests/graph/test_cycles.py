"""Cycles: which parts of a graph hang together, and which cycles of a topology have no exit."""

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.graph.cycles import endless, strongly_connected
from penstock.model.topology import Topology
from tests.graph.wiring import Stage, reading, stage, wired

NODES = st.integers(0, 11)
GRAPHS = st.dictionaries(NODES, st.lists(NODES, max_size=5))


def routes(topology: Topology) -> list[str]:
    """Every endless loop, as names."""
    return [" ".join(component.name for component in loop.route) for loop in endless(topology)]


def ring(length: int) -> list[Stage]:
    """Queues and functions in one cycle, twice as many components as ``length``."""
    stages = [stage(f"queue-{number}") for number in range(length)]
    for number in range(length):
        target = f"queue-{(number + 1) % length}"
        stages.append(stage(f"function-{number}", reads=[f"queue-{number}"], sends=[("Event", target)]))
    return stages


@given(GRAPHS)
def test_parts_are_those_of_networkx(graph: dict[int, list[int]]) -> None:
    closed = {node: graph.get(node, []) for node in {*graph, *(target for row in graph.values() for target in row)}}
    reference = nx.DiGraph()
    reference.add_nodes_from(closed)
    reference.add_edges_from((node, target) for node, row in closed.items() for target in row)
    parts = [frozenset(part) for part in strongly_connected(closed)]
    assert len(parts) == len(set(parts))
    assert set(parts) == {frozenset(part) for part in nx.strongly_connected_components(reference)}


@given(GRAPHS)
def test_parts_come_after_what_they_reach(graph: dict[int, list[int]]) -> None:
    parts = strongly_connected(graph)
    place = {node: number for number, part in enumerate(parts) for node in part}
    assert all(place[target] <= place[node] for node, row in graph.items() for target in row)


@given(GRAPHS)
def test_nodes_without_an_entry_of_their_own_are_nodes(graph: dict[int, list[int]]) -> None:
    found = [node for part in strongly_connected(graph) for node in part]
    assert sorted(found) == sorted({*graph, *(target for row in graph.values() for target in row)})


def test_long_cycle_is_one_part() -> None:
    count = 2_000
    assert len(strongly_connected({node: [(node + 1) % count] for node in range(count)})) == 1


def test_long_chain_is_many_parts() -> None:
    count = 2_000
    assert len(strongly_connected({node: [node + 1] for node in range(count - 1)})) == count


def test_wide_graph_is_one_part() -> None:
    left, right = range(300), range(300, 600)
    graph = {**{node: list(right) for node in left}, **{node: list(left) for node in right}}
    assert [len(part) for part in strongly_connected(graph)] == [600]


def test_long_cycle_of_components_is_endless() -> None:
    (loop,) = endless(wired(*ring(1_000)))
    assert len(loop.route) == 2_001
    assert loop.first is not None
    assert loop.first.source.name == "function-0"


def test_wide_graph_of_components_is_endless() -> None:
    queues = [f"queue-{number}" for number in range(100)]
    sends = [("Event", queue) for queue in queues]
    functions = [stage(f"function-{number}", reads=queues, sends=sends) for number in range(100)]
    assert routes(wired(*map(stage, queues), *functions)) == ["function-0 queue-0 function-0"]


def test_shortest_way_round_is_shown() -> None:
    first, *rest = [one for one in ring(5) if one.name.startswith("function")]
    first = stage("function-0", reads=["queue-0"], sends=[("Event", "queue-1"), ("Event", "queue-4")])
    queues = [one for one in ring(5) if one.name.startswith("queue")]
    assert routes(wired(*queues, first, *rest)) == ["function-0 queue-4 function-4 queue-0 function-0"]


@pytest.mark.parametrize(
    "function",
    [
        stage("again", reads=["events"], sends=[("Event", "events")], uses=["a mail"]),
        stage("again", reads=["events"], sends=[("Event", "events"), ("Event", "elsewhere")]),
        stage("again", reads=[reading("events", filters=({"attempt": [1]},))], sends=[("Event", "events")]),
        stage("again", reads=[reading("events", pattern={"detail": {}})], sends=[("Event", "events")]),
        stage("again", reads=[reading("events", enabled=False)], sends=[("Event", "events")]),
        stage("again", reads=[reading("events", messages=["Other"])], sends=[("Event", "events")]),
    ],
    ids=["effect", "other channel", "filter", "pattern", "switched off", "other message"],
)
def test_exit(function: Stage) -> None:
    assert routes(wired(stage("events"), stage("elsewhere"), function)) == []


def test_without_exit() -> None:
    again = stage("again", reads=["events"], sends=[("Event", "events")])
    assert routes(wired(stage("events"), again)) == ["again events again"]


def test_reader_of_the_same_channel_is_an_exit() -> None:
    again = stage("again", reads=["events"], sends=[("Event", "events")])
    assert routes(wired(stage("events"), again, stage("reader", reads=["events"]))) == []


def test_one_bus_with_an_answer_that_nobody_turns_into_a_question_is_no_cycle() -> None:
    ask = stage("ask", sends=[("Asked", "bus")])
    answer = stage("answer", reads=["questions"], sends=[("Answered", "bus")])
    questions = stage("questions", reads=[reading("bus", messages=["Asked"])])
    assert routes(wired(stage("bus"), ask, questions, answer)) == []


def test_dead_letter_queue_is_no_exit() -> None:
    events = stage("events", gives_up_to="failed")
    again = stage("again", reads=["events"], sends=[("Event", "events")])
    assert routes(wired(events, stage("failed"), again)) == ["again events again"]


def test_cycle_through_dead_letters() -> None:
    topic = stage("topic")
    queue = stage("queue", reads=[reading("topic", gives_up_to="failed")])
    again = stage("again", reads=["failed"], sends=[("Event", "topic")])
    back = stage("back", reads=["queue"], sends=[("Event", "topic")])
    assert routes(wired(topic, queue, stage("failed"), again)) == []
    assert routes(wired(topic, queue, stage("failed"), again, back)) == ["again topic failed again"]


def test_ring_of_dead_letter_queues_has_no_exit_whoever_reads() -> None:
    first, second = stage("first", gives_up_to="second"), stage("second", gives_up_to="first")
    reader = stage("reader", reads=["first"], uses=["a mail"])
    sender = stage("sender", sends=[("Event", "first")])
    assert routes(wired(first, second, reader, sender)) == ["first second first"]


def test_queue_that_is_its_own_dead_letter_queue() -> None:
    queue, sender = stage("queue", gives_up_to="queue"), stage("sender", sends=[("A", "queue"), ("B", "queue")])
    assert routes(wired(queue, sender)) == ["queue queue"]


def test_cycle_that_no_message_enters_is_none() -> None:
    assert routes(wired(stage("a", reads=["b"]), stage("b", reads=["a"]))) == []


@given(st.permutations(ring(4)))
def test_order_of_components_changes_no_verdict(stages: list[Stage]) -> None:
    (loop,) = endless(wired(*stages))
    assert {component.name for component in loop.route} == {component.name for component in stages}
