"""How large a payload a hop takes: the service's limit, less what is put around it."""

import json

from penstock import resources
from penstock.hops.matching import event_source
from penstock.kinds import Api, Bus, Function, Queue, Stream, Table, Topic
from penstock.model.component import Component, Connection, Publication
from penstock.model.topology import Message, Topology
from penstock.records import NamedTuple

_EVENT_AROUND = len(
    json.dumps(
        {
            "version": "0",
            "id": "00000000-0000-0000-0000-000000000000",
            "detail-type": "",
            "source": "",
            "account": "111122223333",
            "time": "2026-01-01T00:00:00Z",
            "region": "us-east-1",
            "resources": [],
            "detail": None,
        },
        separators=(",", ":"),
    )
) - len("null")


_ROW_ID = 20 + len("-") + 32
"""A row's id: the microseconds and a random number."""
_ROW_AROUND = 4_096
"""What a row of an outbox has beside the payload: a key of up to 2,048 bytes, once more in the index, its id and the attributes' names."""


class Room(NamedTuple):
    """A limit in bytes, whose it is, and how much of it goes to ``what``."""

    service: str
    limit: int
    envelope: int = 0
    what: str = ""

    @property
    def left(self) -> int:
        """What is left for the payload."""
        return self.limit - self.envelope


def room(connection: Connection, message: Message, topology: Topology) -> Room | None:
    """How large a message may be on a connection; ``None`` where nothing new bounds it."""
    taken = _taken(connection, message, topology)
    if connection.source.word != "schedule":
        return taken
    given = Room("EventBridge Scheduler", resources.limit("scheduler.max_input"))
    return given if taken is None or given.left < taken.left else taken


def row_room(store: Component, message: Message, topology: Topology) -> int:
    """How large a message may be that is written into an outbox: what an item of a table takes, and all to which the relay sends it."""
    from penstock.kinds import Outbox  # few topologies have one

    channels = [
        room(connection, message, topology)
        for outbox in topology.of(Outbox)
        for connection in topology.outgoing(outbox)
        if outbox.store == store.name
        if isinstance(connection.settings, Publication) and connection.settings.message == message.name
    ]
    rooms = (*channels, _row() if isinstance(store, Table) else None)
    lefts = [found.left for found in rooms if found]
    return min([*lefts, *([message.max_size] if message.max_size else [])])


def _row() -> Room:
    return Room("DynamoDB", resources.limit("dynamodb.max_item"), _ROW_AROUND, "the row around the payload")


def _taken(connection: Connection, message: Message, topology: Topology) -> Room | None:
    source, target = connection.source, connection.target
    if target.word == "saga":
        return Room("Step Functions", resources.limit("stepfunctions.max_payload"))
    match source, target:
        case ((Topic() | Component(arn_word="bucket")), _):
            return None  # it was no larger when the topic took it, and a queue's own limit does not hold for SNS; S3's events are small
        case Bus(), Queue() if connection.delivery.payload:
            return Room("SQS", target.max_size)
        case Bus(), Queue():
            return Room("SQS", target.max_size, _event(connection, message, topology), "the event around the payload")
        case Bus(), Function():
            limit = resources.limit("lambda.max_async_payload")
            return Room("Lambda", limit, _event(connection, message, topology), "the event around the payload")
        case Api(), Function():
            return Room("Lambda", resources.limit("lambda.max_sync_payload"))
        case _:
            return _sent(connection, message, topology)


def _sent(connection: Connection, message: Message, topology: Topology) -> Room | None:
    """What a channel, or a store's outbox, takes of a sender."""
    source, target = connection.source, connection.target
    match target:
        case Table() if isinstance(connection.settings, Publication):
            return _row()
        case Queue():
            around = _attribute(message) + _row_attribute(connection)
            return Room("SQS", target.max_size, around, "the attribute that names the message")
        case Topic():
            around = _attribute(message) + _row_attribute(connection)
            return Room("SNS", target.max_size, around, "the attribute that names the message")
        case Bus():
            limit = resources.limit("eventbridge.max_message")
            around = _entry(target, message, topology) + (_ROW_ID if source.word == "outbox" else 0)
            return Room("EventBridge", limit, around, "source and detail-type")
        case Stream():
            named = {"message": message.name, "data": None} | (
                {"row": "-" * _ROW_ID} if source.word == "outbox" else {}
            )
            around = len(json.dumps(named, separators=(",", ":"))) - len("null")
            return Room("Kinesis", target.max_record, around, "the envelope of the record")
        case _:
            return None


def _attribute(message: Message) -> int:
    """Name, type and value of the attribute ``message``."""
    return len("message") + len("String") + len(message.name)


def _row_attribute(connection: Connection) -> int:
    """Name, type and value of the attribute ``row``, which a relay gives."""
    return len("row") + len("String") + _ROW_ID if connection.source.word == "outbox" else 0


def _entry(bus: Bus, message: Message, topology: Topology) -> int:
    """What EventBridge counts of an entry besides its detail."""
    return len(event_source(bus, topology).encode()) + len(message.detail_type.encode())


def _event(connection: Connection, message: Message, topology: Topology) -> int:
    """What EventBridge puts around the detail when it delivers an event."""
    return _EVENT_AROUND + (_entry(connection.source, message, topology) if isinstance(connection.source, Bus) else 0)
