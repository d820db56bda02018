"""How long after the first delivery of a message another copy of it may come."""

from collections.abc import Callable, Iterator

from penstock.hops import semantics
from penstock.hops.invoking import directs
from penstock.hops.stream_function import function_readings
from penstock.kinds import Function, Queue, Stream, Table, Workload
from penstock.model.component import Component, Connection
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.model.units import show_duration
from penstock.records import NamedTuple


class Reasons(NamedTuple):
    """The sum of a window in words, and where its terms were written."""

    sum: str
    places: tuple[tuple[Place, str], ...]


class Window(NamedTuple):
    """How long after the first delivery a copy may come, in seconds, and what says why: few windows are told of."""

    seconds: int
    tell: Callable[[], Reasons]

    @property
    def sum(self) -> str:
        """Of what it is the sum, in words."""
        return self.tell().sum

    @property
    def places(self) -> tuple[tuple[Place, str], ...]:
        """Where the terms were written."""
        return self.tell().places


def longest_window(workload: Workload, topology: Topology) -> Window | None:
    """The longest of the windows of all that a workload gets its messages from."""
    windows = [_window(queue, topology) for queue in _queues(workload, topology)]
    windows += [_stream_window(connection.source) for connection in function_readings(workload, topology)]
    if isinstance(workload, Function):
        windows += [_direct_window(connection, topology) for connection in directs(workload, topology)]
    return max(windows, key=lambda window: window.seconds, default=None)


def _queues(function: Workload, topology: Topology) -> Iterator[Queue]:
    for connection in topology.incoming(function):
        if isinstance(connection.source, Queue) and connection.delivery.enabled:
            yield connection.source


def _window(queue: Queue, topology: Topology) -> Window:
    """Of a queue whose retention is not known nothing is said."""
    retention = queue.retention or 0
    dlq = topology.dead_letter_queue(queue.redrive)
    if not isinstance(dlq, Queue) or dlq.retention is None:
        return Window(retention, lambda: _told(queue, None))
    before = retention + dlq.retention if queue.fifo else max(retention, dlq.retention)
    return Window(before + retention, lambda: _told(queue, dlq))


def _told(queue: Queue, dlq: Queue | None) -> Reasons:
    """Why copies of a queue's messages may come so late: with FIFO the clock starts again in the dead-letter queue."""
    here = show_duration(queue.retention or 0)
    kept = (queue.at("retention"), f"{queue} keeps a message for {here}")
    if dlq is None:
        return Reasons(f"{here} in {queue}", (kept,))
    there = show_duration(dlq.retention or 0)
    places = (kept, (dlq.at("retention"), f"{dlq} keeps it for {there}"))
    again = f"{here} in {queue} after a redrive"
    if queue.fifo is not None:
        return Reasons(f"{here} in {queue}, {there} in {dlq} and {again}", places)
    before = show_duration(max(queue.retention or 0, dlq.retention or 0))
    return Reasons(f"{before} until {dlq} deletes it and {again}", places)


def _stream_window(stream: Component) -> Window:
    """A record can be read again as long as the stream has it."""
    seconds = (stream.retention if isinstance(stream, Stream | Table) else None) or 0
    kept = show_duration(seconds)
    places = ((stream.at("retention"), f"{stream} keeps a record for {kept}"),)
    return Window(seconds, lambda: Reasons(f"{kept} in {stream}", places))


def _direct_window(connection: Connection, topology: Topology) -> Window:
    promise = semantics(connection, topology)
    delivery, invocation = (promise.window or 0, promise.then) if promise else (0, None)
    age = (invocation.window if invocation else None) or 0
    total = (
        f"{show_duration(delivery)} of delivery by {connection.source} and {show_duration(age)} of retries by Lambda"
    )
    places = ((connection.at(), f"{connection.source} may deliver it for {show_duration(delivery)}"),)
    return Window(delivery + age, lambda: Reasons(total, places))
