"""Every dotted path into a payload that a topology names, with the messages that it is read from."""

from collections.abc import Iterator

from penstock.graph.flow import flow
from penstock.kinds.workload import Idempotency, Workload
from penstock.model.component import Connection, Delivery
from penstock.model.origin import Place
from penstock.model.shapes import Field, find_field
from penstock.model.topology import Message, Topology
from penstock.records import NamedTuple


class Path(NamedTuple):
    """A path: what it is for, the message that it is read from, where it is written, and what happens to a message without it."""

    what: str
    path: str
    message: Message
    place: Place
    without: str


_NO_GROUP = "a message without it has no message group, so a FIFO channel refuses it"
_NO_PART = "of a message without it nothing is delivered"
_NO_IDENTITY = "nothing tells whether a message without it is a copy, so its handler fails"


def paths(topology: Topology) -> list[tuple[Path, Field]]:
    """The paths of contracts, of deliveries and of consumers, with what the contract says of each, as far as it says anything."""
    found: list[tuple[Path, Field]] | None = topology.known.get(paths)
    if found is None:
        known: dict[tuple[Message, str], Field | None] = {}
        found = topology.known[paths] = []
        for one in _paths(topology):
            looked_up = one.message, one.path
            if looked_up not in known:
                known[looked_up] = find_field(one.message.schema, one.path)
            if field := known[looked_up]:
                found.append((one, field))
    return found


def _paths(topology: Topology) -> Iterator[Path]:
    for message in topology.messages.values():
        if message.key:
            yield Path("`key`", message.key, message, message.at("key"), _NO_GROUP)
        if message.idempotency_key:
            place = message.at("idempotency_key")
            yield Path("`idempotency_key`", message.idempotency_key, message, place, _NO_IDENTITY)
    flowing = flow(topology)
    for connection in topology.connections:
        for message in flowing.on[connection]:
            yield from _of_delivery(connection, message)
    for workload in topology.components.values():
        declared = workload.idempotency if isinstance(workload, Workload) else None
        if isinstance(declared, Idempotency) and declared.key:
            for message in flowing.at[workload]:
                place = workload.at("idempotency", "key")
                yield Path(f"the `key` of {workload}", declared.key, message, place, _NO_IDENTITY)


def _of_delivery(connection: Connection, message: Message) -> Iterator[Path]:
    """What makes groups, and what is handed on alone."""
    if not isinstance(connection.settings, Delivery):
        return
    if (group := connection.settings.group_by) and group.path:
        yield Path("`group_by`", group.path, message, connection.at("group_by"), _NO_GROUP)
    whole, _, part = (connection.settings.payload or "").partition(".")
    if whole == "detail" and part:
        yield Path("`payload`", part, message, connection.at("payload"), _NO_PART)
