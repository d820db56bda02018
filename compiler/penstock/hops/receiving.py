"""What the hops from a queue have in common: messages that are received again until they are deleted, and the right to both."""

from penstock.hops.burying import grave
from penstock.hops.semantics import Ending, Guarantee, Ordering, Semantics
from penstock.kinds import Queue, Workload
from penstock.kinds.key import RECEIVE_ACTIONS, kms_id
from penstock.kinds.queue import keys_of_messages, queue_arn
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
        unread=grave(connection.target, queue.redrive, topology),
    )


def allow_receive(connection: Connection, actions: tuple[str, ...], topology: Topology, plan: Plan) -> None:
    """Let the role of who receives do these things with the queue, and use the keys of its messages."""
    receiver = connection.target
    if not isinstance(receiver, Workload):
        raise TypeError(receiver)
    receive(connection, receiver.role_id, actions, topology, plan)


def receive(connection: Connection, role: str, actions: tuple[str, ...], topology: Topology, plan: Plan) -> None:
    """Let a role do these things with the queue at the start of a connection, and use the keys of its messages."""
    queue = polled(connection)
    statement = Statement(actions, (queue_arn(queue),))
    plan.grant(Holder.ROLE, role, f"ReceiveFrom{pascal(queue.name)}", statement, connection.at())
    for key in keys_of_messages(queue, topology):
        decrypt = Statement(RECEIVE_ACTIONS, (kms_id(key),))
        plan.grant(Holder.ROLE, role, f"DecryptWith{pascal(key)}", decrypt, connection.at())


def receptions(queue: Queue, topology: Topology) -> list[Connection]:
    """The connections by which functions, services, pipes and outsiders get the messages of a queue; a disabled one brings none."""
    return [connection for connection in topology.outgoing(queue) if connection.delivery.enabled]
