"""Somebody outside the topology gets messages.

A queue and a stream let exactly their principal read. A topic lets it subscribe, or delivers to a queue of theirs; a bus sends to a bus
of theirs.
"""

from penstock.hops import matching, subscribing
from penstock.hops.hop import Hop
from penstock.hops.receiving import polled, receive_semantics
from penstock.hops.semantics import Ending, Guarantee, Ordering, Semantics
from penstock.kinds import Bus, ExternalConsumer, Queue, Stream, Topic
from penstock.kinds.allowing import READ_STREAM, RECEIVE
from penstock.kinds.external import principal_of
from penstock.kinds.external_consumer import role_id
from penstock.kinds.key import RECEIVE_ACTIONS, key_id
from penstock.kinds.queue import keys_of_messages, queue_arn, queue_id
from penstock.kinds.stream import stream_arn, stream_id
from penstock.kinds.topic import topic_arn, topic_id
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import arn

_SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html"
_KINESIS = "https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html"
_CROSS_ACCOUNT = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html"


def queue_semantics(connection: Connection, topology: Topology) -> Semantics:
    """A message comes again until they delete it, as often as the redrive says or the retention lasts."""
    return receive_semantics(connection, topology, _SQS)


def stream_semantics(connection: Connection, topology: Topology) -> Semantics:
    """They read at their own pace, and again if they like, until the stream forgets a record."""
    del topology
    stream = connection.source
    if not isinstance(stream, Stream):
        raise TypeError(stream)
    return Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=Ordering.PER_KEY,
        retried_by=str(connection.target),
        attempts=None,
        window=stream.retention,
        ending=Ending.EXPIRED,
        source=_KINESIS,
    )


def topic_semantics(connection: Connection, topology: Topology) -> Semantics:
    """SNS delivers to their queue, or to what they subscribe themselves; a FIFO topic keeps a group's order into a FIFO queue."""
    promise = subscribing.delivery_semantics(connection, topology)
    endpoint = _consumer(connection).endpoint or ""
    if isinstance(connection.source, Topic) and connection.source.fifo and endpoint.endswith(".fifo"):
        return promise._replace(ordering=Ordering.PER_GROUP)
    return promise


def bus_semantics(connection: Connection, topology: Topology) -> Semantics:
    """EventBridge hands each event to their bus, whose rules take over; what came from another bus goes no further than that."""
    return matching.delivery_semantics(connection, topology)._replace(source=_CROSS_ACCOUNT)


def _consumer(connection: Connection) -> ExternalConsumer:
    if not isinstance(connection.target, ExternalConsumer):
        raise TypeError(connection.target)
    return connection.target


def lower_queue(connection: Connection, topology: Topology, plan: Plan) -> None:
    """Exactly this principal may receive, and use the queue's key for it."""
    queue = polled(connection)
    _admit(connection, Holder.QUEUE, queue_id(queue), Statement(RECEIVE, (queue_arn(queue),)), plan)
    for key in keys_of_messages(queue, topology):
        _decrypt(connection, key, plan)


def lower_stream(connection: Connection, topology: Topology, plan: Plan) -> None:
    """Exactly this principal may read, and use the stream's key for it."""
    del topology
    stream = connection.source
    if not isinstance(stream, Stream):
        raise TypeError(stream)
    _admit(connection, Holder.STREAM, stream_id(stream), Statement(READ_STREAM, (stream_arn(stream),)), plan)
    if stream.encryption.key:
        _decrypt(connection, stream.encryption.key, plan)


def lower_topic(connection: Connection, topology: Topology, plan: Plan) -> None:
    """A subscription of their queue, or permission for exactly this principal to subscribe."""
    topic, consumer = connection.source, _consumer(connection)
    if not isinstance(topic, Topic):
        raise TypeError(topic)
    if not connection.delivery.enabled:
        return
    if consumer.endpoint is None:
        _admit(connection, Holder.TOPIC, topic_id(topic), Statement(("sns:Subscribe",), (topic_arn(topic),)), plan)
        return
    subscribing.subscribe(connection, topology, plan, protocol="sqs", endpoint=consumer.endpoint)
    plan.note(
        f"{consumer} gets nothing from {topic} before the owner of its queue has confirmed the subscription, with the token in the "
        "first message; and the queue's policy must let the topic send"
    )


def lower_bus(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The rule, and permission for the consumer's role to send to this bus of theirs alone."""
    consumer = _consumer(connection)
    role = role_id(consumer)
    matching.add_rule(connection, topology, plan, consumer.endpoint, RoleArn=arn(role))
    send = Statement(("events:PutEvents",), (consumer.endpoint,))
    plan.grant(Holder.ROLE, role, "SendToTheirBus", send, consumer.at("endpoint"))
    plan.note(
        f"{consumer} gets nothing from {connection.source} unless the policy of its bus lets the role {role} put events"
    )


def _admit(connection: Connection, holder: Holder, target: str, statement: Statement, plan: Plan) -> None:
    """Let the consumer's principal do something, unless the delivery is switched off."""
    consumer = _consumer(connection)
    if not connection.delivery.enabled:
        return
    who = principal_of(consumer.principal or "")
    admitted = Statement(statement.actions, statement.resources, principal=who)
    plan.grant(holder, target, f"AllowFor{logical_id(consumer.name, 'ExternalConsumer')}", admitted, connection.at())


def _decrypt(connection: Connection, key: str, plan: Plan) -> None:
    _admit(connection, Holder.KEY, key_id(key), Statement(RECEIVE_ACTIONS, ("*",)), plan)


_READING = ("source", "enabled")
_SUBSCRIBED = ("source", "messages", "filter", "filter_on", "raw", "dlq", "enabled")
_MATCHED = ("source", "messages", "pattern", "retries", "dlq", "enabled", "id")

BUS = Hop(Bus, ExternalConsumer, "EventBridge rule and role", bus_semantics, lower_bus, _MATCHED)
QUEUE = Hop(Queue, ExternalConsumer, "queue policy", queue_semantics, lower_queue, _READING)
STREAM = Hop(Stream, ExternalConsumer, "stream policy", stream_semantics, lower_stream, _READING)
TOPIC = Hop(Topic, ExternalConsumer, "SNS subscription or topic policy", topic_semantics, lower_topic, _SUBSCRIBED)
