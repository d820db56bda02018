"""The team's code sends to a channel with the AWS SDK, as its role allows, to the address that its environment gives."""

from penstock.hops.channel import channel, sent_order
from penstock.hops.hop import Hop
from penstock.hops.semantics import Semantics
from penstock.hops.sending import allow_send, sdk_semantics, tell
from penstock.kinds import Bus, Function, Queue, Stream, Topic
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan

SOURCE = "https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"
_BUS_SOURCE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html"


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """The SDK retries the call; entries that fail inside a successful call to a bus are the sender's to see."""
    source = _BUS_SOURCE if isinstance(connection.target, Bus) else SOURCE
    return sdk_semantics(connection, source, sent_order(connection, topology))


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """Permission to send, and the channel's address."""
    del topology
    target = channel(connection.target)
    allow_send(connection, target.action, target.arn, target.encryption, plan)
    tell(connection, connection.target.word, target.told, plan)


BUS_CALL, QUEUE_CALL, STREAM_CALL, TOPIC_CALL = (
    f"SDK call {operation}" for operation in ("PutEvents", "SendMessage", "PutRecord", "Publish")
)
FUNCTION_BUS = Hop(Function, Bus, BUS_CALL, semantics, lower)
FUNCTION_QUEUE = Hop(Function, Queue, QUEUE_CALL, semantics, lower)
FUNCTION_STREAM = Hop(Function, Stream, STREAM_CALL, semantics, lower)
FUNCTION_TOPIC = Hop(Function, Topic, TOPIC_CALL, semantics, lower)
