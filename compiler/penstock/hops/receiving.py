"""What the hops from a queue have in common: messages that are received again until they are deleted, and the right to both."""

from penstock.hops.semantics import Ending, Guarantee, Ordering, Semantics
from penstock.kinds import Queue, Workload
from penstock.kinds.key import RECEIVE_ACTIONS, kms_id
from penstock.kinds.queue import queue_arn
from penstock.model.component import Connection, Redrive
from penstock.model.topology import Topology
from penstock.plan.names import pascal
from penstock.plan.plan import Plan
from penstock.plan.statement import Holder, Statement


def polled(connection: Connection) -> Queue:
    """The queue at the start of a connection."""
    if not isinstance(connection.source, Queue):
        raise TypeError(connection.source)
    return connection.source


def receive_semantics(connection: Connection, topology: Topology, source: str) -> Semantics:
    """A failed message is received again after the visibility timeout, as often as the redrive says or the retention lasts."""
    queue = polled(connection)
    redrive = queue.redrive if isinstance(queue.redrive, Redrive) else None
    return Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=Ordering.PER_GROUP if queue.fifo else Ordering.NONE,
        retried_by="SQS",
        attempts=redrive.max_receives if redrive else None,
        window=queue.retention,
        ending=Ending.DEAD_LETTERS if redrive else Ending.EXPIRED,
        source=source,
        dead_letters=topology.dead_letter_queue(redrive),
    )


def allow_receive(connection: Connection, actions: tuple[str, ...], plan: Plan) -> None:
    """Let the role of who receives do these things with the queue, and use its key."""
    queue, receiver = polled(connection), connection.target
    if not isinstance(receiver, Workload):
        raise TypeError(receiver)
    receive = Statement(actions, (queue_arn(queue),))
    plan.grant(Holder.ROLE, receiver.role_id, f"ReceiveFrom{pascal(queue.name)}", receive, connection.at())
    if queue.encryption.key:
        decrypt = Statement(RECEIVE_ACTIONS, (kms_id(queue.encryption.key),))
        sid = f"DecryptWith{pascal(queue.encryption.key)}"
        plan.grant(Holder.ROLE, receiver.role_id, sid, decrypt, connection.at())


def receptions(queue: Queue, topology: Topology) -> list[Connection]:
    """The connections by which functions, services, pipes and outsiders get the messages of a queue; a disabled one brings none."""
    return [connection for connection in topology.outgoing(queue) if connection.delivery.enabled]
