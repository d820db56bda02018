"""What leads into an outbox's relay and out of it.

The relay is a function: Lambda reads the table's stream for it, or it looks into the database by itself, and it sends with the AWS SDK.
What is different is the end: a row that the stream gave up, or that a channel refused, stays in the store, and the relay tries it again.
"""

from penstock.hops import stream_function, workload
from penstock.hops.hop import Hop
from penstock.hops.semantics import Ending, Guarantee, Ordering, Semantics
from penstock.hops.sending import encrypt
from penstock.kinds import Bus, Database, Outbox, Queue, Stream, Table, Topic
from penstock.kinds.database import secret_arn
from penstock.kinds.outbox import unsent_index
from penstock.kinds.table import index_arn, table_arn, table_name
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.names import environment_name, pascal
from penstock.plan.plan import Plan
from penstock.plan.statement import Holder, Statement

SOURCE = "https://docs.aws.amazon.com/prescriptive-guidance/latest/cloud-design-patterns/transactional-outbox.html"
SETTINGS = ("source", "batch", "retries", "on_failure")


def relay(connection: Connection) -> Outbox:
    """The outbox at an end of a connection."""
    for end in (connection.target, connection.source):
        if isinstance(end, Outbox):
            return end
    raise TypeError(connection)


def read_semantics(connection: Connection, topology: Topology) -> Semantics:
    """As for any function that reads a stream; but what is given up stays in the table."""
    return stream_function.semantics(connection, topology)._replace(ending=Ending.SWEPT)


def send_semantics(connection: Connection, topology: Topology) -> Semantics:
    """A call of the SDK, and then the row's own attempts."""
    promise = workload.semantics(connection, topology)
    retried_by = f"the AWS SDK in the relay of {relay(connection)}"
    return promise._replace(retried_by=retried_by, ending=Ending.SWEPT, source=SOURCE)


def read_table(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The event source mapping, and the relay's right to look a row up, to mark it as sent, and to find what is not."""
    table, outbox = connection.source, relay(connection)
    index = unsent_index(table) if isinstance(table, Table) else None
    if not isinstance(table, Table) or index is None:
        raise TypeError(connection)
    stream_function.lower(connection, topology, plan)
    name, cause = pascal(table.name), connection.at()
    mark = Statement(("dynamodb:GetItem", "dynamodb:UpdateItem"), (table_arn(table),))
    plan.grant(Holder.ROLE, outbox.role_id, f"MarkIn{name}", mark, cause)
    find = Statement(("dynamodb:Query",), (index_arn(table, index),))
    plan.grant(Holder.ROLE, outbox.role_id, f"FindUnsentIn{name}", find, cause)
    encrypt(outbox.role_id, table.encryption, cause, plan)
    plan.environment[outbox.id][environment_name("store", table.name)] = table_name(table)


def database_semantics(connection: Connection, topology: Topology) -> Semantics:
    """The relay looks for what is not sent, key by key, and tries until it is: only the key of what fails waits."""
    del topology
    return Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=Ordering.PER_KEY,
        retried_by=f"the relay of {relay(connection)}",
        attempts=None,
        window=None,
        ending=Ending.SWEPT,
        source=SOURCE,
    )


def read_database(connection: Connection, topology: Topology, plan: Plan) -> None:
    """The relay's right to read the secret with which it connects."""
    del topology
    store, outbox = connection.source, relay(connection)
    if not isinstance(store, Database):
        raise TypeError(connection)
    secret = Statement(("secretsmanager:GetSecretValue",), (secret_arn(store),))
    plan.grant(Holder.ROLE, outbox.role_id, f"ConnectTo{pascal(store.name)}", secret, connection.at())
    plan.environment[outbox.id][environment_name("store", store.name)] = store.secret


DATABASE_OUTBOX = Hop(
    Database, Outbox, "connection with a secret", database_semantics, read_database, ("source", "batch")
)
TABLE_OUTBOX = Hop(Table, Outbox, "Lambda event source mapping", read_semantics, read_table, SETTINGS)
OUTBOX_BUS = Hop(Outbox, Bus, workload.BUS_CALL, send_semantics, workload.lower)
OUTBOX_QUEUE = Hop(Outbox, Queue, workload.QUEUE_CALL, send_semantics, workload.lower)
OUTBOX_STREAM = Hop(Outbox, Stream, workload.STREAM_CALL, send_semantics, workload.lower)
OUTBOX_TOPIC = Hop(Outbox, Topic, workload.TOPIC_CALL, send_semantics, workload.lower)
