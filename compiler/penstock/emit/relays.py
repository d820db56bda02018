"""What the code generators need of the relays of outboxes."""

from collections.abc import Iterator
from dataclasses import replace

from penstock.emit.python_types import DatabaseRelayStub, PublishStub, RelayStub
from penstock.emit.stubs import channel_limit, publish_stub
from penstock.kinds import Database, Outbox, Table
from penstock.kinds.outbox import PARTS, UNSENT, rows_table, unsent_index
from penstock.model.component import Connection
from penstock.model.topology import Topology


def relay_stubs(topology: Topology) -> Iterator[RelayStub | DatabaseRelayStub]:
    """Every relay, as the generators see it."""
    for outbox in topology.of(Outbox):
        table = topology.components[outbox.store]
        if isinstance(table, Database):
            yield _of_database(outbox, topology)
            continue
        index = unsent_index(table) if isinstance(table, Table) else None
        if not isinstance(table, Table) or index is None:
            raise TypeError(table)
        yield RelayStub(
            name=outbox.name,
            topology=topology.name,
            store=table.name,
            key=table.key,
            row=table.sort_key or "",
            unsent=UNSENT,
            index=index.name,
            parts=PARTS,
            expiry=table.ttl_attribute,
            keep_s=outbox.keep,
            after_s=outbox.sweep.after,
            publishes=tuple(_sent(connection, topology) for connection in topology.outgoing(outbox)),
        )


def _of_database(outbox: Outbox, topology: Topology) -> DatabaseRelayStub:
    (reading,) = outbox.deliveries
    return DatabaseRelayStub(
        name=outbox.name,
        topology=topology.name,
        store=outbox.store,
        table=rows_table(outbox),
        batch=reading.batch.size,
        poll_s=outbox.poll / 1_000,
        keep_s=outbox.keep,
        publishes=tuple(_sent(connection, topology) for connection in topology.outgoing(outbox)),
    )


def _sent(connection: Connection, topology: Topology) -> PublishStub:
    """What is sent to one channel; that a message is no larger than its contract says was seen to when its row was written."""
    return replace(publish_stub(connection, topology), max_bytes=channel_limit(connection.target))
