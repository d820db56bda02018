"""A bus calls an HTTP endpoint: an EventBridge rule with an API destination as its target."""

from penstock.hops.hop import Hop
from penstock.hops.matching import add_rule, by_rule, delivery_semantics, handed_on
from penstock.hops.semantics import Semantics
from penstock.kinds import Bus, Endpoint
from penstock.kinds.endpoint import destination_arn, http_parameters, role_id
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Value, arn

SOURCE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html"


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """EventBridge retries what takes longer than 5 s, and the answers 401, 407, 409, 429 and 5xx; every other 4xx ends it at once.

    A ``Retry-After`` that is longer than its own schedule is heeded, and what the endpoint's rate holds back ages too.
    """
    return delivery_semantics(connection, topology)._replace(source=SOURCE)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The rule, and permission for the endpoint's role to call this destination alone."""
    endpoint = connection.target
    if not by_rule(connection) or not isinstance(endpoint, Endpoint):
        raise TypeError(connection)
    role = role_id(endpoint)
    more: dict[str, Value] = {"RoleArn": arn(role), **handed_on(connection, topology)}
    if parameters := http_parameters(endpoint):
        more["HttpParameters"] = parameters
    add_rule(connection, topology, plan, destination_arn(endpoint), **more)
    call = Statement(("events:InvokeApiDestination",), (destination_arn(endpoint),))
    plan.grant(Holder.ROLE, role, "CallEndpoint", call, endpoint.at())


SETTINGS = ("source", "messages", "pattern", "payload", "retries", "dlq", "enabled", "id")

HOP = Hop(Bus, Endpoint, "EventBridge rule and API destination", semantics, lower, SETTINGS)
