"""A bus puts events on another bus: an EventBridge rule with that bus as its target.

The event stays as it is, with its source and its detail-type. It goes over one such rule at most: EventBridge drops what a rule of the
second bus would put on a third (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-bus-to-bus.html).
"""

from penstock.hops.hop import Hop
from penstock.hops.matching import add_rule, delivery_semantics, rule_role
from penstock.hops.semantics import Semantics
from penstock.hops.sending import send
from penstock.kinds import Bus
from penstock.kinds.bus import bus_arn
from penstock.model.component import BY_SERVICE, Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.values import arn


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """EventBridge delivers to the other bus as to any target."""
    return delivery_semantics(connection, topology)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The rule, and the role with which EventBridge puts events on the other bus, whose key EventBridge uses by itself."""
    bus = connection.target
    if not isinstance(connection.source, Bus) or not isinstance(bus, Bus):
        raise TypeError(connection)
    role = rule_role(connection, topology, plan)
    send(role, connection, "events:PutEvents", bus_arn(bus), BY_SERVICE, plan)
    add_rule(connection, topology, plan, bus_arn(bus), RoleArn=arn(role))


SETTINGS = ("source", "messages", "pattern", "retries", "dlq", "enabled", "id")

HOP = Hop(Bus, Bus, "EventBridge rule", semantics, lower, SETTINGS)
