"""What a topology states, and by which of its layers."""

import pytest

from penstock.kinds import Queue
from tests.topologies import complete, topology_of

TOPOLOGY = """
defaults:
  queues: {visibility_timeout: 1m, dlq: {max_receives: 5}}
topics: {t: {}}
queues:
  q: {retention: 1d, delay: null, from: {source: t, raw: true}}
  short: {from: t}
"""


@pytest.mark.parametrize(("name", "stated"), [("q", {"source", "raw"}), ("short", set())])
def test_a_delivery_states_its_own_fields(name: str, stated: set[str]) -> None:
    topology = topology_of(complete(TOPOLOGY))
    (connection,) = topology.incoming(topology.components[name])
    assert set(connection.settings.origin.stated()) == stated


def test_what_is_stated_is_what_states_says() -> None:
    for queue in topology_of(complete(TOPOLOGY)).of(Queue):
        fields = {"visibility_timeout", "dlq", "retention", "delay", "from", "tags", "max_receives"}
        assert set(queue.origin.stated()) & fields == {field for field in fields if queue.states(field)}
