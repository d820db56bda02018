"""Cycles: parts of the topology from which a message comes back to where it was."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from penstock.graph.flow import flow
from penstock.graph.records import record_ways
from penstock.model.component import Component, Connection, Delivery, Handover, Publication, Redrive
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.records import NamedTuple

N = TypeVar("N")
_SHOWN = 8
"""How many components of a cycle are named."""
_GUARDED = frozenset({"function", "queue", "topic"})
"""What Lambda sees through when it counts the rounds of a message: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"""
_READ = frozenset({"queue", "stream", "store"})
"""What is read for a function; everything else invokes it directly."""


class Node(NamedTuple):
    """One message at one component.

    ``message`` is ``None`` at a component that publishes: it makes one message of another, so whatever arrives may come
    out as anything that it sends.
    """

    component: Component
    message: str | None


class Step(NamedTuple):
    """A way on from a node; without a ``connection`` it is the way of messages that were given up."""

    target: Node
    connection: Connection | None


class Loop(NamedTuple):
    """A way that ends where it began: the first component stands at both ends.

    ``first`` is the connection of its first step, with which a component publishes; ``None`` where dead-letter queues
    alone form the loop.
    """

    route: tuple[Component, ...]
    first: Connection | None

    @property
    def place(self) -> Place:
        """Where its first step was written."""
        if self.first is None:
            return self.route[0].at("dlq")
        return self.first.at("source" if isinstance(self.first.settings, Delivery) else "to")

    @property
    def way(self) -> str:
        """The route in words, the middle of a long one only counted."""
        names = [str(component) for component in self.route]
        if len(names) > _SHOWN:
            names[_SHOWN - 2 : -1] = [f"{len(names) - _SHOWN + 1} more"]
        return " > ".join(names)


Steps = Mapping[Node, list[Step]]


def endless(topology: Topology) -> Iterator[Loop]:
    """The cycles that a message never leaves, one for each strongly connected part of the message graph. Linear.

    First those of dead-letter queues alone, where a message that always fails finds no rest. Then those in which nobody
    uses a store or has an effect, nothing leads out and no filter stops anything. A dead-letter queue is no way out of
    these: what is handled successfully does not go there. Where channels alone form the cycle, by rules and pipes, only
    a queue's other reader takes a message away: topics, buses and streams give each reader a copy.
    """
    steps = message_graph(topology)
    given_up = _given_up(topology)
    known: set[Component] = set()
    for members in _cyclic(given_up):
        loop = _loop(given_up, members)
        if not known & set(loop.route):
            known |= set(loop.route)
            yield loop
    for members in _cyclic(steps):
        if _goes_round(steps, members) and not _has_exit(steps, members):
            yield _loop(steps, members)


def recurring(topology: Topology) -> Iterator[tuple[Loop, bool]]:
    """The cycles that only the code of their functions ends, each with whether Lambda's guard against recursion counts its rounds. Linear.

    Those that nothing leaves are not among them (see ``endless``), nor those with a filter, which says what is to come back.
    """
    steps = {node: [step for step in ways if step.connection] for node, ways in message_graph(topology).items()}
    for members in _cyclic(steps):
        inside = [step for node in members for step in steps[node] if step.target in members]
        words = {node.component.word for node in members}
        if not words & {"function", "service"} or not _has_exit(steps, members):
            continue
        if not any(step.connection and _filters(step.connection) for step in inside):
            yield _loop(steps, members), words <= _GUARDED


def fed_back(topology: Topology) -> Iterator[Loop]:
    """The cycles of a message that always fails: it is given up, somebody takes it from there and sends it back. Linear.

    In such a cycle each message takes the way of failures wherever there is one. Dead-letter queues alone are the business of ``endless``.
    """
    steps: dict[Node, list[Step]] = {}
    for node, ways in message_graph(topology).items():
        lost = [step for step in ways if step.connection is None]
        kept = [step for step in ways if step.connection and not _filters(step.connection)]
        steps[node] = lost if lost and _fails(node.component, topology) else kept
    for members in _cyclic(steps):
        gives_up = any(step.connection is None and step.target in members for node in members for step in steps[node])
        if gives_up and _goes_round(steps, members):
            yield _loop(steps, members)


def _fails(component: Component, topology: Topology) -> bool:
    """Whether a message that fails at a component goes where that gives its messages up: not with a function that is polled for."""
    if component.word != "function":
        return component.word == "queue"
    sources = [connection.source for connection in topology.incoming(component)]
    return any(source.word not in _READ or source.is_read_by_rules for source in sources)


def _given_up(topology: Topology) -> Steps:
    """Where each queue gives its messages up to, whatever they are: CloudFormation cannot even make queues that are each other's."""
    return {
        Node(component, None): [Step(Node(topology.components[component.redrive.queue], None), None)]
        for component in topology.components.values()
        if isinstance(component.redrive, Redrive)
    }


def message_graph(topology: Topology) -> Steps:
    """Where each message goes from each component that anything can come back to. A delivery that is switched off takes nothing."""
    steps: dict[Node, list[Step]] = defaultdict(list)
    round_trips = _round_trips(topology)
    if not round_trips:
        return steps
    travelling = flow(topology)
    for connection in topology.connections:
        source, target, settings = connection.source, connection.target, connection.settings
        if source not in round_trips:
            continue
        if isinstance(settings, Publication):
            steps[Node(source, None)].append(Step(_node(target, settings.message), connection))
        if not isinstance(settings, Delivery) or not settings.enabled:
            continue
        for message in travelling.on[connection]:
            steps[_node(source, message.name)].append(Step(_node(target, message.name), connection))
            _give_up(steps, source, settings.dlq, message.name, topology)
    for component in round_trips:
        for message in travelling.at[component]:
            _give_up(steps, component, component.redrive, message.name, topology)
    _hand_over(steps, topology)
    return steps


def _hand_over(steps: dict[Node, list[Step]], topology: Topology) -> None:
    """The ways of records: whatever invoked a function, of its success there is one."""
    for way in record_ways(topology):
        source = way.source
        arriving = flow(topology).at[source] if isinstance(way.settings, Handover) and not source.publications else ()
        for message in (None, *(each.name for each in arriving)):
            steps[Node(source, message)].append(Step(Node(way.target, None), way))


def _round_trips(topology: Topology) -> Collection[Component]:
    """The components that lie on a cycle, whatever the messages are, in the order of the topology: most topologies have none."""
    known: Collection[Component] | None = topology.known.get(_round_trips)
    if known is None:
        ways = {component: [*_ways(component, topology)] for component in topology.components.values()}
        parts = strongly_connected({component: targets for component, targets in ways.items() if targets})
        found = {one for part in parts if len(part) > 1 or part[0] in ways[part[0]] for one in part}
        known = topology.known[_round_trips] = dict.fromkeys(component for component in ways if component in found)
    return known


def _ways(component: Component, topology: Topology) -> Iterator[Component]:
    """Where anything goes from a component, taken or given up."""
    for connection in topology.outgoing(component):
        settings = connection.settings
        if isinstance(settings, Publication) or (isinstance(settings, Delivery) and settings.enabled):
            yield connection.target
        if isinstance(settings, Delivery) and isinstance(settings.dlq, Redrive):
            yield topology.components[settings.dlq.queue]
    if isinstance(component.redrive, Redrive):
        yield topology.components[component.redrive.queue]
    if component.handover and not component.imported:
        yield topology.components[component.handover.to]


def _give_up(
    steps: dict[Node, list[Step]], component: Component, redrive: object, message: str, topology: Topology
) -> None:
    if isinstance(redrive, Redrive):
        target = _node(topology.components[redrive.queue], message)
        steps[_node(component, message)].append(Step(target, None))


def _node(component: Component, message: str) -> Node:
    return Node(component, None if component.publications else message)


def _cyclic(steps: Steps) -> Iterator[set[Node]]:
    """The strongly connected parts that have a cycle at all."""
    graph = {node: [step.target for step in ways] for node, ways in steps.items()}
    for members in strongly_connected(graph):
        if len(members) > 1 or members[0] in graph.get(members[0], ()):
            yield set(members)


def _goes_round(steps: Steps, members: Collection[Node]) -> bool:
    """Whether a cycle is more than dead-letter queues that are each other's."""
    return any(step.connection and step.target in members for node in members for step in steps[node])


def _has_exit(steps: Steps, members: Collection[Node]) -> bool:
    """Whether something comes of a message, or can take it out of these nodes."""
    published = any(node.component.publications for node in members)
    return any(node.component.accesses for node in members) or any(
        _filters(step.connection) or (step.target not in members and (published or node.component.word == "queue"))
        for node in members
        for step in steps[node]
        if step.connection is not None
    )


def _filters(connection: Connection) -> bool:
    """Whether a connection may keep back a message that the topology says it carries."""
    settings = connection.settings
    return isinstance(settings, Delivery) and bool(settings.filters or settings.pattern)


def _loop(steps: Steps, members: Collection[Node]) -> Loop:
    """A shortest cycle among the members from the first one that publishes, in the order of the topology, or that hands on at all."""
    inside = [node for node in steps if node in members]
    handing = [node for node in inside if any(step.connection and step.target in members for step in steps[node])]
    start = next((node for node in handing if node.component.publications), (handing or inside)[0])
    reached: dict[Node, tuple[Node, Step]] = {}
    pending = deque([start])
    while start not in reached:
        node = pending.popleft()
        for step in steps[node]:
            if step.target in members and step.target not in reached:
                reached[step.target] = node, step
                pending.append(step.target)
    route = [start.component]
    node, step = reached[start]
    while node != start:
        route.append(node.component)
        node, step = reached[node]
    return Loop((start.component, *reversed(route)), step.connection)


def strongly_connected(graph: Mapping[N, Iterable[N]]) -> list[list[N]]:
    """The strongly connected parts of a graph: every node is in one of them. Linear, without recursion.

    A part comes after the parts that can be reached from it (Tarjan, "Depth-first search and linear graph algorithms", 1972,
    https://doi.org/10.1137/0201010).
    """
    order = _without_cycles(graph)
    if order is not None:
        return [[node] for node in reversed(order)]
    search = _Search(graph)
    for node in graph:
        if node not in search.index:
            search.visit(node)
    return search.parts


def _without_cycles(graph: Mapping[N, Iterable[N]]) -> list[N] | None:
    """All nodes in an order in which each comes before those that can be reached from it; ``None`` where a cycle is in the way.

    Most graphs have none, and this takes a third of the time of a search for their parts (Kahn, "Topological sorting of large networks",
    1962, https://doi.org/10.1145/368996.369025).
    """
    entries = dict.fromkeys(graph, 0)
    for targets in graph.values():
        for target in targets:
            entries[target] = entries.get(target, 0) + 1
    order = [node for node, count in entries.items() if not count]
    for node in order:
        for target in graph.get(node, ()):
            entries[target] -= 1
            if not entries[target]:
                order.append(target)
    return order if len(order) == len(entries) else None


class _Search(Generic[N]):
    """Tarjan's search with a stack of its own instead of recursion."""

    def __init__(self, graph: Mapping[N, Iterable[N]]) -> None:
        self.graph = graph
        self.index: dict[N, int] = {}
        self.parts: list[list[N]] = []
        self._lowest: dict[N, int] = {}
        self._open: list[N] = []
        self._path: list[tuple[N, Iterator[N]]] = []

    def visit(self, start: N) -> None:
        """Find the parts that can be reached from a node and are not yet known."""
        self._enter(start)
        while self._path:
            node, targets = self._path[-1]
            target = next((target for target in targets if self._is_new(node, target)), None)
            if target is not None:
                self._enter(target)
            else:
                self._leave(node)

    def _enter(self, node: N) -> None:
        self.index[node] = self._lowest[node] = len(self.index)
        self._open.append(node)
        self._path.append((node, iter(self.graph.get(node, ()))))

    def _is_new(self, node: N, target: N) -> bool:
        """Whether the search has yet to enter a target; what it entered and has not finished is noted as reachable."""
        if target not in self.index:
            return True
        if target in self._lowest:
            self._lowest[node] = min(self._lowest[node], self.index[target])
        return False

    def _leave(self, node: N) -> None:
        self._path.pop()
        lowest = self._lowest[node]
        if self._path:
            before = self._path[-1][0]
            self._lowest[before] = min(self._lowest[before], lowest)
        if lowest < self.index[node]:
            return
        part: list[N] = []
        while not part or part[-1] != node:
            part.append(self._open.pop())
            del self._lowest[part[-1]]
        self.parts.append(part)
