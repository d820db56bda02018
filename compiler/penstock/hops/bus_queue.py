"""A bus delivers to a queue: an EventBridge rule with the queue as its target."""

from penstock.hops.hop import Hop
from penstock.hops.matching import add_rule, allow_rule, by_rule, delivery_semantics, handed_on, key_of, payload_path
from penstock.hops.semantics import Semantics
from penstock.kinds import Bus, Queue
from penstock.kinds.queue import queue_arn
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.values import Value


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """EventBridge delivers; what the queue holds is safe, and what its consumer makes of it is the next hop's."""
    return delivery_semantics(connection, topology)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The rule, and the queue's consent to this rule alone."""
    queue = connection.target
    if not by_rule(connection) or not isinstance(queue, Queue):
        raise TypeError(connection)
    add_rule(
        connection,
        topology,
        plan,
        queue_arn(queue),
        **_group(connection, queue, topology),
        **handed_on(connection, topology),
    )
    allow_rule(connection, queue, plan)


def _group(connection: Connection, queue: Queue, topology: Topology) -> dict[str, Value]:
    """What makes the message group in a FIFO or a fair queue, as the target says it."""
    group = key_of(connection, topology) if queue.fifo or queue.fair else None
    if group is None:
        return {}
    value = group.constant if group.constant is not None else payload_path(connection, group.path or "", topology)
    return {"SqsParameters": {"MessageGroupId": value}}


SETTINGS = ("source", "messages", "pattern", "payload", "retries", "dlq", "group_by", "enabled", "id")

HOP = Hop(Bus, Queue, "EventBridge rule", semantics, lower, SETTINGS)
