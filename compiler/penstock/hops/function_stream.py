"""A function puts records into a stream."""

from penstock.hops.hop import Hop
from penstock.hops.semantics import Ordering, Semantics
from penstock.hops.sending import allow_send, sdk_semantics, tell
from penstock.kinds import Function, Stream
from penstock.kinds.stream import stream_arn, stream_name
from penstock.model.component import Connection, Publication
from penstock.model.topology import Topology
from penstock.plan.plan import Plan

SOURCE = "https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """The SDK retries; messages with a key keep their order within it, as long as one sender sends them one after another."""
    keyed = has_key(connection, topology)
    promise = sdk_semantics(connection, SOURCE)
    return promise._replace(ordering=Ordering.PER_KEY if keyed else Ordering.NONE)


def has_key(connection: Connection, topology: Topology) -> bool:
    """Whether the message has a key, which becomes the partition key, and the stream goes by it."""
    settings, stream = connection.settings, connection.target
    if isinstance(stream, Stream) and not stream.keyed:
        return False
    return isinstance(settings, Publication) and topology.messages[settings.message].key is not None


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """Permission to put records, and the stream's name."""
    del topology
    stream = connection.target
    if not isinstance(stream, Stream):
        raise TypeError(stream)
    allow_send(connection, "kinesis:PutRecord", stream_arn(stream), stream.encryption, plan)
    tell(connection, "stream", stream_name(stream), plan)


HOP = Hop(Function, Stream, "SDK call PutRecord", semantics, lower)
