"""A topic delivers to a queue: an SNS subscription of protocol ``sqs``."""

from penstock.hops.hop import Hop
from penstock.hops.semantics import Guarantee, Ordering, Semantics
from penstock.hops.subscribing import allow_topic, delivery_semantics, subscribe
from penstock.kinds import Queue, Topic
from penstock.kinds.queue import policy_id, queue_id
from penstock.model.component import Component, Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.values import arn


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """SNS delivers; what the queue holds is safe, and what its consumer makes of it is the next hop's.

    A FIFO topic keeps the order of a message group only into a FIFO queue. With a filter its delivery is at most once
    (https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html).
    """
    promise = delivery_semantics(connection, topology)
    if not (_is_fifo(connection.source) and _is_fifo(connection.target)):
        return promise
    filtered = bool(connection.delivery.filters or connection.delivery.messages)
    guarantee = Guarantee.AT_MOST_ONCE if filtered else Guarantee.AT_LEAST_ONCE
    return promise._replace(guarantee=guarantee, ordering=Ordering.PER_GROUP)


def _is_fifo(component: object) -> bool:
    return isinstance(component, Queue | Topic) and component.fifo is not None


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The subscription, and the queue's consent to this topic alone; SNS knows no disabled subscription, so none is made."""
    queue = connection.target
    if not isinstance(connection.source, Topic) or not isinstance(queue, Queue):
        raise TypeError(connection)
    if not connection.delivery.enabled:
        return
    target = queue_id(queue)
    subscribe(connection, topology, plan, protocol="sqs", endpoint=arn(target), consent=policy_id(target))
    allow_topic(connection, queue, plan)


def filtered_on(topic: Component, topology: Topology) -> tuple[str, ...]:
    """The message attributes that subscriptions of a topic filter on; each is the payload's field of that path."""
    names = {
        name
        for connection in topology.outgoing(topic)
        if connection.delivery.filter_on == "attributes"
        for one in connection.delivery.filters
        for name in one
        if not name.startswith("$")
    }
    return tuple(sorted(names - {"message"}))


SETTINGS = ("source", "messages", "filter", "filter_on", "raw", "dlq", "enabled")
"""Not ``id``: SNS takes one subscription of a queue to a topic."""

HOP = Hop(Topic, Queue, "SNS subscription of protocol sqs", semantics, lower, SETTINGS)
