"""How large a payload a hop takes: the service's limit, less what is put around it."""

import json

from penstock import resources
from penstock.hops.matching import event_source
from penstock.kinds import Api, Bus, Function, Queue, Stream, Topic
from penstock.model.component import Component, Connection
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


def _taken(connection: Connection, message: Message, topology: Topology) -> Room | None:  # noqa: C901 - one case for each sort
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
        case _, Queue():
            return Room("SQS", target.max_size, _attribute(message), "the attribute that names the message")
        case _, Topic():
            return Room("SNS", target.max_size, _attribute(message), "the attribute that names the message")
        case _, Bus():
            limit = resources.limit("eventbridge.max_message")
            return Room("EventBridge", limit, _entry(target, message, topology), "source and detail-type")
        case _, Stream():
            around = len(json.dumps({"message": message.name, "data": None}, separators=(",", ":"))) - len("null")
            return Room("Kinesis", target.max_record, around, "the envelope of the record")
        case Api(), Function():
            return Room("Lambda", resources.limit("lambda.max_sync_payload"))
        case _:
            return None


def _attribute(message: Message) -> int:
    """Name, type and value of the attribute ``message``."""
    return len("message") + len("String") + len(message.name)


def _entry(bus: Bus, message: Message, topology: Topology) -> int:
    """What EventBridge counts of an entry besides its detail."""
    return len(event_source(bus, topology).encode()) + len(message.detail_type.encode())


def _event(connection: Connection, message: Message, topology: Topology) -> int:
    """What EventBridge puts around the detail when it delivers an event."""
    return _EVENT_AROUND + (_entry(connection.source, message, topology) if isinstance(connection.source, Bus) else 0)
