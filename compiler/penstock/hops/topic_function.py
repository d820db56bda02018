"""A topic invokes a function: an SNS subscription of protocol ``lambda``."""

from penstock.hops.burying import allow_burying
from penstock.hops.hop import Hop
from penstock.hops.invoking import allow_invocation, consent_id, invocation_semantics
from penstock.hops.semantics import Semantics
from penstock.hops.subscribing import SERVICE, delivery_semantics, subscribe
from penstock.kinds import Function, Topic
from penstock.kinds.function import invoke_arn
from penstock.kinds.topic import topic_arn
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """SNS hands each message to Lambda, which takes over from there."""
    function = connection.target
    if not isinstance(function, Function):
        raise TypeError(function)
    return delivery_semantics(connection, topology)._replace(then=invocation_semantics(function, topology))


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The subscription, and the function's consent to this topic alone; SNS knows no disabled subscription, so none is made."""
    topic, function = connection.source, connection.target
    if not isinstance(topic, Topic) or not isinstance(function, Function):
        raise TypeError(connection)
    if not connection.delivery.enabled:
        return
    endpoint = invoke_arn(function)
    subscribe(connection, topology, plan, protocol="lambda", endpoint=endpoint, consent=consent_id(connection))
    allow_invocation(connection, SERVICE, topic_arn(topic), plan)
    allow_burying(connection, function.redrive, topology, plan)


SETTINGS = ("source", "messages", "filter", "filter_on", "dlq", "enabled")
"""Not ``id``: SNS takes one subscription of a function to a topic."""

HOP = Hop(Topic, Function, "SNS subscription of protocol lambda", semantics, lower, SETTINGS)
