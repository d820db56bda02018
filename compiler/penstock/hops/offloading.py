"""Large payloads that are kept in a bucket: who puts them there, and who reads them back.

No hop carries them, so they are lowered for themselves: a statement of the sender's role and one of the receiver's, for this message
alone, because its objects have keys that begin with its name.
"""

from collections.abc import Iterator

from penstock.graph.flow import stated_flow
from penstock.hops.sending import encrypt
from penstock.kinds import Bucket, Database, Function, Service, Table, Workload
from penstock.kinds.bucket import bucket_name, objects_of
from penstock.kinds.key import RECEIVE_ACTIONS, kms_id
from penstock.model.component import Component, Connection, Delivery, Publication
from penstock.model.topology import Message, Topology
from penstock.plan.names import environment_name, pascal
from penstock.plan.plan import Plan
from penstock.plan.statement import Holder, Statement
from penstock.records import NamedTuple


class Use(NamedTuple):
    """A connection over which a message comes that may be kept in a bucket, at its first sender or its last receiver."""

    connection: Connection
    message: Message
    sends: bool

    @property
    def user(self) -> Component:
        """Who sends or receives."""
        return self.connection.source if self.sends else self.connection.target

    @property
    def workload(self) -> Workload | None:
        """Whose code puts the payload into the bucket, or reads it back; ``None`` where there is none: a relay sends what a row has."""
        return self.user if isinstance(self.user, Workload) and self.user.word != "outbox" else None


def offloading(topology: Topology) -> Iterator[Use]:
    """Every first sender and last receiver of messages that may be kept in a bucket; who invokes a function hands it the payload.

    Strangers are none of them: they cannot use the bucket, so what they send travels as it is.
    """
    if not any(message.offload for message in topology.messages.values()):
        return
    for connection, messages in stated_flow(topology).on.items():
        for message in messages:
            if message.offload is None:
                continue
            if isinstance(connection.settings, Publication) and not isinstance(
                connection.target, Database | Function | Table
            ):
                yield Use(connection, message, sends=True)
            if _ends(connection) or (isinstance(connection.settings, Publication) and connection.target.word == "saga"):
                yield Use(connection, message, sends=False)


def _ends(connection: Connection) -> bool:
    """Whether what a channel delivers goes no further as a message; what a table or a bucket tells was never sent."""
    ended = connection.target.word not in {"bus", "queue", "stream", "topic"}
    return ended and isinstance(connection.settings, Delivery) and connection.source.word != "store"


def bucket_of(message: Message, topology: Topology) -> Bucket:
    """The bucket that keeps a message's large payloads."""
    bucket = topology.components[message.offload.store] if message.offload else None
    if not isinstance(bucket, Bucket):
        raise TypeError(message)
    return bucket


def lower_offloading(topology: Topology, plan: Plan) -> None:
    """Permission for each sender to put objects of its messages, for each receiver to get them, and the bucket's name for both."""
    for use in offloading(topology):
        workload = use.workload
        if workload is None:
            continue
        bucket, name = bucket_of(use.message, topology), pascal(use.message.name)
        sid = f"{'Keep' if use.sends else 'Fetch'}{name}"
        action = "s3:PutObject" if use.sends else "s3:GetObject"
        statement = Statement((action,), (objects_of(bucket, use.message.name),))
        cause = use.message.at("offload")
        plan.grant(Holder.ROLE, workload.role_id, sid, statement, cause)
        if use.sends:
            encrypt(workload.role_id, bucket.encryption, cause, plan)
        elif bucket.encryption.key:
            decrypt = Statement(RECEIVE_ACTIONS, (kms_id(bucket.encryption.key),))
            plan.grant(Holder.ROLE, workload.role_id, f"DecryptWith{pascal(bucket.encryption.key)}", decrypt, cause)
        if not use.user.existing or isinstance(use.user, Service):
            plan.environment[workload.id][environment_name("store", bucket.name)] = bucket_name(bucket)
