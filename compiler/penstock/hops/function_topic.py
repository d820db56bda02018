"""A function publishes to a topic."""

from penstock.hops.hop import Hop
from penstock.hops.semantics import Semantics
from penstock.hops.sending import allow_send, sdk_semantics, tell
from penstock.kinds import Function, Topic
from penstock.kinds.topic import topic_arn
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan

SOURCE = "https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """The SDK retries; a FIFO topic keeps the order of a message group."""
    del topology
    ordered = isinstance(connection.target, Topic) and connection.target.fifo is not None
    return sdk_semantics(connection, SOURCE, ordered=ordered)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """Permission to publish, and the topic's ARN."""
    del topology
    topic = connection.target
    if not isinstance(topic, Topic):
        raise TypeError(topic)
    allow_send(connection, "sns:Publish", topic_arn(topic), topic.encryption, plan)
    tell(connection, "topic", topic_arn(topic), plan)


HOP = Hop(Function, Topic, "SDK call Publish", semantics, lower)
