"""What is the same of every channel, whoever sends to it with an API of AWS: the action, what it is done to, whose key it needs."""

from penstock.hops.semantics import Ordering
from penstock.kinds import Bus, Queue, Stream, Topic
from penstock.kinds.bus import bus_arn, bus_id, bus_name
from penstock.kinds.queue import queue_arn, queue_id, queue_url
from penstock.kinds.stream import stream_arn, stream_id
from penstock.kinds.topic import topic_arn, topic_id
from penstock.model.component import BY_SERVICE, Component, Connection, Encryption, Publication
from penstock.model.topology import Topology
from penstock.plan.values import Value
from penstock.records import NamedTuple


class Channel(NamedTuple):
    """How to send to a channel. ``told`` is what a sender must know of it, ``encryption`` names the key that the sender itself uses.

    A bus's key is EventBridge's to use, not the sender's.
    """

    id: str
    action: str
    arn: Value
    told: Value
    encryption: Encryption


def channel(target: Component) -> Channel:
    """The channel that a component is."""
    match target:
        case Queue():
            return Channel(queue_id(target), "sqs:SendMessage", queue_arn(target), queue_url(target), target.encryption)
        case Topic():
            return Channel(topic_id(target), "sns:Publish", topic_arn(target), topic_arn(target), target.encryption)
        case Bus():
            return Channel(bus_id(target), "events:PutEvents", bus_arn(target), bus_name(target), BY_SERVICE)
        case Stream():
            address = stream_arn(target)  # by its name Kinesis would look for it in the sender's own account
            return Channel(stream_id(target), "kinesis:PutRecord", address, address, target.encryption)
        case _:
            raise TypeError(target)


def sent_order(connection: Connection, topology: Topology) -> Ordering:
    """The order that a channel keeps of what one sender sends one after another."""
    match connection.target:
        case Queue() | Topic() as target if target.fifo:
            return Ordering.PER_GROUP
        case Stream() as target if target.keyed and _has_key(connection, topology):
            return Ordering.PER_KEY
        case _:
            return Ordering.NONE


def _has_key(connection: Connection, topology: Topology) -> bool:
    """Whether the message has a key, which becomes the partition key."""
    settings = connection.settings
    return isinstance(settings, Publication) and topology.messages[settings.message].key is not None
