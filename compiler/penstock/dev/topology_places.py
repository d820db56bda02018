"""What an embedded run needs of a topology: doors for its messages, its queues, and who hands on to whom."""

from collections.abc import Iterator

from penstock.dev import DevError
from penstock.dev.places import Contract, Entry, EntryKind, Places, QueuePlace
from penstock.hops.matching import event_source
from penstock.kinds import Api, Bus, External, Function, Queue, Schedule, Service, Stream, Topic, Workload
from penstock.kinds.api import STAGE, rest_id
from penstock.kinds.api_auth import Keyed, key_id
from penstock.kinds.bus import DEFAULT, bus_id
from penstock.kinds.function import function_id
from penstock.kinds.queue import queue_id
from penstock.kinds.stream import stream_id
from penstock.kinds.topic import topic_id
from penstock.model.component import Access, Component, Connection, Publication
from penstock.model.topology import Topology


def places(topology: Topology) -> Places:
    """The queues of a topology and its hops."""
    hops = tuple(
        (connection.source.name, connection.target.name)
        for connection in (*topology.connections, *topology.handovers)
        if not isinstance(connection.settings, Access)
    )
    return Places(tuple(_queue(queue, topology) for queue in topology.of(Queue)), hops)


def _queue(queue: Queue, topology: Topology) -> QueuePlace:
    sources = [giver.name for giver in topology.given_up_by(queue)]
    drained = any(connection.delivery.enabled and _runs(connection.target) for connection in topology.outgoing(queue))
    return QueuePlace(queue.name, queue_id(queue), dlq_of=sources[0] if sources else None, drained=drained)


def _runs(reader: Component) -> bool:
    """Whether it runs here, where there are no containers, and nobody's buckets."""
    if isinstance(reader, Function) and reader.code:
        return reader.code.path is not None
    return not isinstance(reader, Service)


def contract(name: str, topology: Topology) -> Contract:
    """A message's contract, by its name."""
    if name not in topology.messages:
        known = ", ".join(sorted(topology.messages)) or "none"
        raise DevError(f"the topology has no message {name!r}; it has {known}")
    message = topology.messages[name]
    return Contract(message.name, message.key, message.idempotency_key, message.detail_type)


def entry(name: str, topology: Topology, producer: str | None = None) -> Entry:
    """The door for a message: that of its first producer, or of the one that is named."""
    doors = [door for door in _doors(name, topology) if producer in {None, door.producer}]
    if not doors:
        by = f"producer {producer!r}" if producer else "a producer"
        raise DevError(f"{by} that publishes {name!r} is not in the topology")
    return doors[0]


def _doors(message: str, topology: Topology) -> Iterator[Entry]:
    for connection in topology.connections:
        if isinstance(connection.settings, Publication) and connection.settings.message == message:
            source = connection.source
            if isinstance(source, Api) and isinstance(connection.target, Queue | Function):
                yield _route(source, connection)
            elif isinstance(source, External | Api | Schedule) or (
                isinstance(source, Workload) and not source.consumes and connection.target.word != "store"
            ):
                yield _channel(source, connection.target, topology)


def _route(api: Api, connection: Connection) -> Entry:
    return Entry(
        producer=api.name,
        kind=EntryKind.API,
        name=connection.target.name,
        logical_id=rest_id(api),
        method=api.method,
        path=api.path,
        stage=STAGE,
        key=key_id(rest_id(api)) if isinstance(api.auth, Keyed) else "",
    )


def _channel(producer: Component, channel: Component, topology: Topology) -> Entry:
    match channel:
        case Queue():
            kind, target, fifo = EntryKind.QUEUE, queue_id(channel), channel.fifo is not None
        case Topic():
            kind, target, fifo = EntryKind.TOPIC, topic_id(channel), channel.fifo is not None
        case Function():
            kind, target, fifo = EntryKind.FUNCTION, function_id(channel), False
        case Stream():
            kind, target, fifo = EntryKind.STREAM, stream_id(channel), False
        case Bus():
            kind, target, fifo = EntryKind.BUS, DEFAULT if channel.is_default else bus_id(channel), False
        case _:
            raise DevError(f"messages cannot be sent to {channel} from outside")
    source = event_source(channel, topology) if isinstance(channel, Bus) else ""
    fair = isinstance(channel, Queue) and channel.fair
    return Entry(producer.name, kind, channel.name, target, fifo=fifo, fair=fair, event_source=source)
