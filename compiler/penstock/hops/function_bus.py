"""A function puts events on a bus."""

from penstock.hops.hop import Hop
from penstock.hops.semantics import Semantics
from penstock.hops.sending import allow_send, sdk_semantics, tell
from penstock.kinds import Bus, Function
from penstock.kinds.bus import bus_arn, bus_name
from penstock.model.component import BY_SERVICE, Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan

SOURCE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html"


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """The SDK retries the call; entries that fail inside a successful call are the publisher's to see."""
    del topology
    return sdk_semantics(connection, SOURCE)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """Permission to put events, and the bus's name. The bus's key is EventBridge's to use, not the publisher's."""
    del topology
    bus = connection.target
    if not isinstance(bus, Bus):
        raise TypeError(bus)
    allow_send(connection, "events:PutEvents", bus_arn(bus), BY_SERVICE, plan)
    tell(connection, "bus", bus_name(bus), plan)


HOP = Hop(Function, Bus, "SDK call PutEvents", semantics, lower)
