"""A bus's log: a log group, and the deliveries that bring it what EventBridge writes."""

from typing import TYPE_CHECKING

from penstock.kinds.key import admit_bus_log
from penstock.model.topology import Topology
from penstock.plan.names import logical_id, pascal, shortened
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.values import GetAtt, Ref, Sub, Value, arn

if TYPE_CHECKING:
    from penstock.kinds.bus import Bus, Logging

_LEVELS = ("error", "info", "trace")
"""Each level has log records of its own, which are delivered by themselves, and takes in those before it."""
_NAME_LIMIT = 23
"""Of the 60 characters that such a name may have, a stack's own id takes 36 and the dash one."""


def log_events(bus: "Bus", logging: "Logging", topology: Topology, plan: Plan) -> None:
    """The log group and its deliveries, one after another: two at once disturb each other.

    The group's name begins as AWS asks of logs that it delivers, else the resource policy of CloudWatch Logs would fill up.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-CloudWatchLogs.html
    """
    tags = tag_list({**topology.tags, **bus.tags})
    cause = bus.at("logging")
    group, destination = logical_id(bus.name, "BusLogs"), logical_id(bus.name, "BusLogDestination")
    named = Sub(f"/aws/vendedlogs/events/event-bus/${{AWS::StackName}}-{bus.name}")
    described: dict[str, Value] = {"LogGroupName": named, "RetentionInDays": logging.retention, "Tags": tags}
    plan.add(Resource(group, "AWS::Logs::LogGroup", described, cause))
    target: dict[str, Value] = {"Name": _name(bus, "log"), "DestinationResourceArn": arn(group), "Tags": tags}
    plan.add(Resource(destination, "AWS::Logs::DeliveryDestination", target, cause))
    before: tuple[str, ...] = ()
    for level in _LEVELS[: _LEVELS.index(logging.level) + 1]:
        source = logical_id(bus.name, f"Bus{pascal(level)}LogSource")
        properties: dict[str, Value] = {
            "Name": _name(bus, level),
            "ResourceArn": GetAtt(logical_id(bus.name, "Bus"), "Arn"),
            "LogType": f"{level.upper()}_LOGS",
            "Tags": tags,
        }
        plan.add(Resource(source, "AWS::Logs::DeliverySource", properties, cause))
        delivery = logical_id(bus.name, f"Bus{pascal(level)}LogDelivery")
        joined: dict[str, Value] = {
            "DeliverySourceName": Ref(source),
            "DeliveryDestinationArn": arn(destination),
            "Tags": tags,
        }
        plan.add(Resource(delivery, "AWS::Logs::Delivery", joined, cause, depends_on=before))
        before = (delivery,)
    if bus.encryption.key:
        admit_bus_log(plan, bus.encryption.key, bus)


def _name(bus: "Bus", what: str) -> Value:
    """A name that the account has once: the stack's own id and what it is of the bus."""
    own = {"Fn::Select": [2, {"Fn::Split": ["/", Ref("AWS::StackId")]}]}
    return {"Fn::Join": ["-", [own, f"{shortened(bus.name, _NAME_LIMIT - len(what) - 1)}-{what}"]]}
