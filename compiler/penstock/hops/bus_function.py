"""A bus invokes a function: an EventBridge rule with the function as its target."""

from penstock.hops.burying import allow_burying
from penstock.hops.hop import Hop
from penstock.hops.invoking import allow_invocation, invocation_semantics
from penstock.hops.matching import SERVICE, add_rule, by_rule, delivery_semantics, handed_on
from penstock.hops.semantics import Semantics
from penstock.kinds import Bus, Function
from penstock.kinds.function import invoke_arn
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.values import arn


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """EventBridge hands each event to Lambda, which takes over from there."""
    function = connection.target
    if not isinstance(function, Function):
        raise TypeError(function)
    return delivery_semantics(connection, topology)._replace(then=invocation_semantics(function, topology))


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The rule, and the function's consent to this rule alone."""
    function = connection.target
    if not by_rule(connection) or not isinstance(function, Function):
        raise TypeError(connection)
    rule = add_rule(connection, topology, plan, invoke_arn(function), **handed_on(connection, topology))
    allow_invocation(connection, SERVICE, arn(rule), plan)
    allow_burying(connection, function.redrive, topology, plan)


SETTINGS = ("source", "messages", "pattern", "retries", "dlq", "enabled", "id")

HOP = Hop(Bus, Function, "EventBridge rule", semantics, lower, SETTINGS)
