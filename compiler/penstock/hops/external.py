"""Somebody outside the topology sends to a topic, a bus, a queue or a stream: the channel's policy lets in exactly that principal."""

from penstock import resources
from penstock.hops.function_stream import has_key
from penstock.hops.hop import Hop
from penstock.hops.semantics import Ending, Guarantee, Ordering, Semantics
from penstock.kinds import Bus, External, Queue, Stream, Topic
from penstock.kinds.bus import bus_arn, bus_id
from penstock.kinds.external import principal
from penstock.kinds.key import SEND_ACTIONS, key_id
from penstock.kinds.queue import queue_arn, queue_id
from penstock.kinds.stream import stream_arn, stream_id
from penstock.kinds.topic import topic_arn, topic_id
from penstock.model.component import BY_SERVICE, Component, Connection, Encryption
from penstock.model.topology import Topology
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Value

SOURCE = "https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """The sender is not ours: it may retry as AWS's SDKs do, and it gets the error."""
    target = connection.target
    ordering = Ordering.PER_GROUP if isinstance(target, Queue | Topic) and target.fifo else Ordering.NONE
    if isinstance(target, Stream) and has_key(connection, topology):
        ordering = Ordering.PER_KEY
    return Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=ordering,
        retried_by=str(connection.source),
        attempts=resources.limit("sdk.attempts"),
        window=None,
        ending=Ending.CALLER,
        source=SOURCE,
    )


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """One statement in the channel's policy, and one in its key's."""
    del topology
    external = connection.source
    if not isinstance(external, External):
        raise TypeError(external)
    holder, target, action, resource, encryption = _channel(connection.target)
    sid = f"AllowFrom{logical_id(external.name, 'External')}"
    statement = Statement((action,), (resource,), principal=principal(external))
    plan.grant(holder, target, sid, statement, connection.at("to"))
    if encryption.key:
        use = Statement(SEND_ACTIONS, ("*",), principal=principal(external))
        plan.grant(Holder.KEY, key_id(encryption.key), sid, use, connection.at("to"))


def _channel(target: Component) -> tuple[Holder, str, str, Value, Encryption]:
    match target:
        case Queue():
            return Holder.QUEUE, queue_id(target), "sqs:SendMessage", queue_arn(target), target.encryption
        case Topic():
            return Holder.TOPIC, topic_id(target), "sns:Publish", topic_arn(target), target.encryption
        case Bus():
            return Holder.BUS, bus_id(target), "events:PutEvents", bus_arn(target), BY_SERVICE
        case Stream():
            return Holder.STREAM, stream_id(target), "kinesis:PutRecord", stream_arn(target), target.encryption
        case _:
            raise TypeError(target)


EXTERNAL_TOPIC = Hop(External, Topic, "topic policy", semantics, lower)
EXTERNAL_BUS = Hop(External, Bus, "bus policy", semantics, lower)
EXTERNAL_QUEUE = Hop(External, Queue, "queue policy", semantics, lower)
EXTERNAL_STREAM = Hop(External, Stream, "stream policy", semantics, lower)
