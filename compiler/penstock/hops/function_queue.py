"""A function sends to a queue."""

from penstock.hops.hop import Hop
from penstock.hops.semantics import Semantics
from penstock.hops.sending import allow_send, sdk_semantics, tell
from penstock.kinds import Function, Queue
from penstock.kinds.queue import queue_arn, queue_url
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan

SOURCE = "https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """The SDK retries; a FIFO queue keeps the order of a message group."""
    del topology
    ordered = isinstance(connection.target, Queue) and connection.target.fifo is not None
    return sdk_semantics(connection, SOURCE, ordered=ordered)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """Permission to send, and the queue's URL."""
    del topology
    queue = connection.target
    if not isinstance(queue, Queue):
        raise TypeError(queue)
    allow_send(connection, "sqs:SendMessage", queue_arn(queue), queue.encryption, plan)
    tell(connection, "queue", queue_url(queue), plan)


HOP = Hop(Function, Queue, "SDK call SendMessage", semantics, lower)
