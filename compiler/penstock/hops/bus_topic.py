"""A bus publishes to a topic: an EventBridge rule with the topic as its target.

A rule can give neither attributes nor a message group. So the topic gets the wrapped payload, and a FIFO topic cannot be a target.
"""

from penstock.hops.delivering import allow_topic_delivery
from penstock.hops.hop import Hop
from penstock.hops.matching import SERVICE, add_rule, by_rule, delivery_semantics, rewrapped
from penstock.hops.semantics import Semantics
from penstock.kinds import Bus, Topic
from penstock.kinds.topic import topic_arn
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """EventBridge hands each event to SNS, which delivers it to the subscribers: that is the next hop's."""
    return delivery_semantics(connection, topology)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The rule, and the topic's consent to EventBridge."""
    topic = connection.target
    if not by_rule(connection) or not isinstance(topic, Topic):
        raise TypeError(connection)
    add_rule(connection, topology, plan, topic_arn(topic), **rewrapped(connection, topology))
    allow_topic_delivery(connection, topic, SERVICE, plan)


SETTINGS = ("source", "messages", "pattern", "retries", "dlq", "enabled", "id")

HOP = Hop(Bus, Topic, "EventBridge rule", semantics, lower, SETTINGS)
