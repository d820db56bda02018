"""A bus writes to a log group: an EventBridge rule with the log group as its target."""

from penstock.hops.delivering import subscription_id
from penstock.hops.hop import Hop
from penstock.hops.matching import SERVICE, add_rule, by_rule, delivery_semantics
from penstock.hops.semantics import Semantics
from penstock.kinds import Bus, Log
from penstock.kinds.log import log_id, log_target
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import arn

_WRITERS = {"Service": ["delivery.logs.amazonaws.com", SERVICE]}


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """EventBridge delivers; what the log group holds is kept as long as its retention says."""
    return delivery_semantics(connection, topology)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The rule, and the log group's consent to it: streams for EventBridge, and events of this rule alone.

    A role would not be used: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    log = connection.target
    if not by_rule(connection) or not isinstance(log, Log):
        raise TypeError(connection)
    rule = add_rule(connection, topology, plan, log_target(log))
    target = log_id(log)
    streams = Statement(("logs:CreateLogStream",), (arn(target),), principal=_WRITERS)
    plan.grant(Holder.LOG, target, "CreateStreams", streams, log.at())
    events = Statement(
        ("logs:PutLogEvents",),
        (arn(target),),
        principal=_WRITERS,
        condition={"ArnEquals": {"aws:SourceArn": arn(rule)}},
    )
    plan.grant(Holder.LOG, target, f"AllowFrom{subscription_id(connection, 'Rule')}", events, connection.at())


SETTINGS = ("source", "messages", "pattern", "retries", "dlq", "enabled", "id")

HOP = Hop(Bus, Log, "EventBridge rule", semantics, lower, SETTINGS)
