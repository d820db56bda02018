"""The statements of queues' policies, counted without making them."""

from hypothesis import HealthCheck, given, settings

from penstock.hops.consents import statements_of
from penstock.hops.lowering import lower
from penstock.kinds import Queue
from penstock.kinds.queue import policy_id, queue_id
from tests.strategies import Generated, topologies
from tests.topologies import topology_of


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(topologies())
def test_as_many_statements_are_counted_as_are_made(generated: Generated) -> None:
    topology = topology_of(generated.text)
    made = lower(topology).template()["Resources"]
    queues = [queue for queue in topology.of(Queue) if not queue.existing]
    assert {queue.name: statements_of(queue, topology) for queue in queues} == {
        queue.name: len(made[policy_id(queue_id(queue))]["Properties"]["PolicyDocument"]["Statement"])
        for queue in queues
    }
