"""Where generated code sends what it cannot read, at the first delivery: to the queue that would get it after the last.

Where that is a bucket, or nothing, it fails as anything else does. What a schedule invokes with was checked when it was compiled.
"""

from penstock.hops.sending import encrypt
from penstock.kinds import Queue, Workload
from penstock.kinds.queue import queue_arn, queue_url
from penstock.model.component import Component, Connection
from penstock.model.topology import Topology
from penstock.plan.names import environment_name, pascal
from penstock.plan.plan import Plan
from penstock.plan.statement import Holder, Statement

_RELAY = "outbox"


def grave(reader: Component, redrive: object, topology: Topology) -> Component | None:
    """The queue that ``redrive`` names, if the code of the reader is generated. A relay reads rows that generated code has written."""
    if not isinstance(reader, Workload) or not reader.is_generated or reader.word == _RELAY:
        return None
    return topology.dead_letter_queue(redrive)


def allow_burying(connection: Connection, redrive: object, topology: Topology, plan: Plan) -> None:
    """Let generated code send what it cannot read to that queue, and tell it where the queue is."""
    reader = connection.target
    queue = grave(reader, redrive, topology)
    if not isinstance(queue, Queue) or not isinstance(reader, Workload):
        return
    statement = Statement(("sqs:SendMessage",), (queue_arn(queue),))
    plan.grant(Holder.ROLE, reader.role_id, f"SendTo{pascal(queue.name)}", statement, connection.at())
    encrypt(reader.role_id, queue.encryption, connection.at(), plan)
    plan.environment[reader.id][environment_name("queue", queue.name)] = queue_url(queue)
