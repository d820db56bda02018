"""A message can come back after its consumer has forgotten it.

## Why it matters

A table of seen messages stops a copy only while it remembers the first one. A message that was handled but not
deleted in time stays in its queue, may end in the dead-letter queue and, when somebody redrives that days later,
starts anew with a full retention. What comes after the entry has expired is handled a second time.

In the dead-letter queue of a standard queue the clock runs on from the first sending; on FIFO queues it starts again.
Where a topic or a bus invokes the function directly, the delivery may be tried again for as long as SNS or EventBridge does, and
Lambda may invoke again for up to 6 h after that.

Where nothing is said the table forgets after 1 h, while a queue keeps a message for 4 d.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  charge:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: [the card]
    idempotency: {strategy: table, store: seen, ttl: 1d}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  charge:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: [the card]
    idempotency: {strategy: table, store: seen, ttl: 18d}
stores:
  seen: {type: dynamodb, key: id, ttl_attribute: expires_at}
```

## Source

Amazon SQS Developer Guide, dead-letter queue redrive, which starts the retention anew:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops import semantics
from penstock.hops.invoking import directs
from penstock.hops.stream_function import function_readings
from penstock.kinds import Function, Queue, Stream, Table, Workload
from penstock.kinds.workload import Idempotency
from penstock.lint.rule import Finding, rule, write
from penstock.model.component import Component, Connection
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.model.units import show_duration, write_duration
from penstock.records import NamedTuple


@rule("IDM002", "idempotency-forgets-too-soon", Severity.WARNING)
def idempotency_forgets_too_soon(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Workload):
        guard = function.idempotency
        if not isinstance(guard, Idempotency) or guard.strategy != "table" or guard.ttl is None:
            continue
        windows = [_window(queue, topology) for queue in _queues(function, topology)]
        windows += [_stream_window(connection.source) for connection in function_readings(function, topology)]
        if isinstance(function, Function):
            windows += [_direct_window(connection, topology) for connection in directs(function, topology)]
        longest = max(windows, key=lambda window: window.seconds, default=None)
        if longest is None or guard.ttl >= longest.seconds:
            continue
        stated = "" if function.states("idempotency", "ttl") else ", the default"
        yield Finding(
            function.at("idempotency", "ttl"),
            f"{function} forgets a message after {show_duration(guard.ttl)}{stated}, but a copy may come up to "
            f"{show_duration(longest.seconds)} after the first: {longest.sum}",
            f"write `ttl: {write_duration(longest.seconds)}` or more",
            longest.places,
            write(function.at("idempotency", "ttl"), write_duration(longest.seconds)),
        )


class _Window(NamedTuple):
    """How long after the first delivery a copy may come, the sum in words, and where its terms were written."""

    seconds: int
    sum: str
    places: tuple[tuple[Place, str], ...]


def _queues(function: Workload, topology: Topology) -> Iterator[Queue]:
    for connection in topology.incoming(function):
        if isinstance(connection.source, Queue) and connection.delivery.enabled:
            yield connection.source


def _window(queue: Queue, topology: Topology) -> _Window:
    """Of a queue whose retention is not known nothing is said."""
    retention = queue.retention or 0
    here = show_duration(retention)
    kept = (queue.at("retention"), f"{queue} keeps a message for {here}")
    dlq = topology.dead_letter_queue(queue.redrive)
    if not isinstance(dlq, Queue) or dlq.retention is None:
        return _Window(retention, f"{here} in {queue}", (kept,))
    there = show_duration(dlq.retention)
    places = (kept, (dlq.at("retention"), f"{dlq} keeps it for {there}"))
    again = f"{here} in {queue} after a redrive"
    if queue.fifo is not None:
        total = retention + dlq.retention + retention
        return _Window(total, f"{here} in {queue}, {there} in {dlq} and {again}", places)
    before = max(retention, dlq.retention)
    return _Window(before + retention, f"{show_duration(before)} until {dlq} deletes it and {again}", places)


def _stream_window(stream: Component) -> _Window:
    """A record can be read again as long as the stream has it."""
    seconds = (stream.retention if isinstance(stream, Stream | Table) else None) or 0
    kept = show_duration(seconds)
    return _Window(seconds, f"{kept} in {stream}", ((stream.at("retention"), f"{stream} keeps a record for {kept}"),))


def _direct_window(connection: Connection, topology: Topology) -> _Window:
    promise = semantics(connection, topology)
    delivery, invocation = (promise.window or 0, promise.then) if promise else (0, None)
    age = (invocation.window if invocation else None) or 0
    total = (
        f"{show_duration(delivery)} of delivery by {connection.source} and {show_duration(age)} of retries by Lambda"
    )
    return _Window(
        delivery + age, total, ((connection.at(), f"{connection.source} may deliver it for {show_duration(delivery)}"),)
    )
