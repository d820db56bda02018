"""Which messages travel where: compared with the plainest way to find out."""

from hypothesis import given
from hypothesis import strategies as st

from penstock.graph.flow import flow
from penstock.model.component import Component, Connection, Delivery, Publication, Redrive
from penstock.model.topology import Message, Topology
from tests.graph.wiring import Stage, reading, stage, wired

NAMES = [f"stage-{number}" for number in range(6)]
MESSAGES = ["A", "B", "C"]
PEERS = st.sampled_from(NAMES)
DELIVERIES = st.builds(
    reading,
    PEERS,
    messages=st.none() | st.lists(st.sampled_from(MESSAGES), unique=True),
    gives_up_to=st.none() | PEERS,
)


def stages(name: str) -> st.SearchStrategy[Stage]:
    sends = st.lists(st.tuples(st.sampled_from(MESSAGES), PEERS), max_size=3)
    reads = st.lists(DELIVERIES, max_size=3)
    return st.builds(stage, st.just(name), reads=reads, sends=sends, gives_up_to=st.none() | PEERS)


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    """Any wiring of a few components, with every message published at least somewhere."""
    everything = stage("everything", sends=[(message, draw(PEERS)) for message in MESSAGES])
    return wired(everything, *(draw(stages(name)) for name in NAMES))


def passing(connection: Connection, held: dict[Component, set[str]]) -> set[str]:
    settings = connection.settings
    if isinstance(settings, Publication):
        return {settings.message}
    if not isinstance(settings, Delivery):
        return set()
    allowed = set(MESSAGES) if settings.messages is None else set(settings.messages)
    return held[connection.source] & allowed


def all_at_once(topology: Topology) -> dict[Component, set[str]]:
    """Let every connection carry what it can, again and again, until nothing changes."""
    held: dict[Component, set[str]] = {component: set() for component in topology.components.values()}
    while True:
        before = {component: set(names) for component, names in held.items()}
        for connection in topology.connections:
            carried = passing(connection, held)
            held[connection.target] |= carried
            if isinstance(connection.settings, Delivery) and isinstance(connection.settings.dlq, Redrive):
                held[topology.components[connection.settings.dlq.queue]] |= carried
        for component in topology.components.values():
            if isinstance(component.redrive, Redrive):
                held[topology.components[component.redrive.queue]] |= held[component]
        if held == before:
            return held


def names(messages: tuple[Message, ...]) -> list[str]:
    return [message.name for message in messages]


@given(topologies())
def test_components_hold_what_repetition_finds(topology: Topology) -> None:
    expected = {component: sorted(held) for component, held in all_at_once(topology).items()}
    assert {component: names(held) for component, held in flow(topology).at.items()} == expected


@given(topologies())
def test_connections_carry_what_their_source_holds_and_they_let_through(topology: Topology) -> None:
    held = all_at_once(topology)
    carried = {connection: names(messages) for connection, messages in flow(topology).on.items()}
    assert carried == {connection: sorted(passing(connection, held)) for connection in topology.connections}


def chain(length: int) -> list[Stage]:
    first = stage("stage-0")
    return [first, *(stage(f"stage-{number}", reads=[f"stage-{number - 1}"]) for number in range(1, length))]


def test_long_chain_carries_to_its_end() -> None:
    links = chain(2_000)
    topology = wired(*links, stage("sender", sends=[("A", "stage-0")]))
    assert names(flow(topology).at[links[-1]]) == ["A"]


def test_wide_graph_carries_everywhere() -> None:
    left = [f"left-{number}" for number in range(100)]
    right = [stage(f"right-{number}", reads=left) for number in range(100)]
    topology = wired(*map(stage, left), *right, stage("sender", sends=[("A", name) for name in left]))
    assert {tuple(names(held)) for held in flow(topology).on.values()} == {("A",)}


def test_delivery_gives_up_only_what_it_carries() -> None:
    queue = stage("queue", reads=[reading("topic", gives_up_to="failed"), "bus"])
    failed = stage("failed")
    sender = stage("sender", sends=[("A", "topic"), ("B", "bus")])
    topology = wired(stage("topic"), stage("bus"), queue, failed, sender)
    assert names(flow(topology).at[queue]) == ["A", "B"]
    assert names(flow(topology).at[failed]) == ["A"]


def test_answer_is_kept_for_the_topology() -> None:
    topology = wired(stage("a", sends=[("A", "b")]), stage("b"))
    assert flow(topology) is flow(topology)
