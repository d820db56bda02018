"""What the code generators need of a topology: every function with its sources, its contracts and its channels."""

from collections.abc import Iterable, Iterator, Mapping

from penstock import resources
from penstock.emit.python_types import (
    ApiStub,
    ChannelKind,
    Constant,
    DatabaseRowStub,
    DirectStub,
    FunctionStub,
    IdempotencyStub,
    InvocationStub,
    MessageStub,
    OffloadStub,
    Path,
    PoisonStub,
    PublishStub,
    RowStub,
    SourceStub,
    StepStub,
    Strategy,
    StreamStub,
)
from penstock.graph.flow import flow, stated_flow
from penstock.hops import Ending, Ordering, semantics
from penstock.hops.grouping import is_fair
from penstock.hops.matching import by_rule, event_source
from penstock.hops.semantics import Semantics
from penstock.hops.sizes import row_room
from penstock.hops.stream_function import batch_size
from penstock.hops.topic_queue import filtered_on
from penstock.hops.wrapping import Envelope, envelopes, is_wrapped
from penstock.kinds import Api, Bus, Function, Outbox, Queue, Schedule, Service, Stream, Table, Topic
from penstock.kinds.outbox import PARTS, UNSENT, rows_table
from penstock.kinds.saga_starter import started_by
from penstock.kinds.workload import RESUMES, Idempotency, Workload
from penstock.model.component import CALLBACK, UNDO, Absent, Call, Component, Connection, Delivery, Fifo, Publication
from penstock.model.topology import Message, Topology


def function_stubs(topology: Topology) -> Iterator[FunctionStub]:
    """Every function whose code is generated, as the generators see it."""
    for function in topology.of(Function):
        if function.is_generated and not isinstance(function, Outbox):
            yield consumer_stub(function, topology)


def consumer_stub(function: Function | Service, topology: Topology) -> FunctionStub:
    """What runs the team's code on messages: a function, also one whose code is not generated, or a pool of workers."""
    reads = _reads(function, topology)
    sources = tuple(_source(connection, topology) for connection in reads if isinstance(connection.source, Queue))
    streams = tuple(
        _stream(connection, topology) for connection in reads if isinstance(connection.source, Stream | Table)
    )
    directs = tuple(
        _direct(connection, topology)
        for connection in reads
        if isinstance(connection.source, Topic) or by_rule(connection)
    )
    apis = tuple(_api(connection) for connection in topology.incoming(function) if isinstance(connection.source, Api))
    sends = _sends(function, topology)
    publishes = tuple(publish_stub(one, topology) for one in sends if one.target.word != "store")
    rows = tuple(_row(one, topology) for one in sends if one.target.word == "store")
    starts = started_by(function)
    if starts:
        publishes = tuple(_start(message, topology.components[starts]) for message in flow(topology).at[function])
    names = {name for source in sources for name in source.messages}
    names |= {name for stream in streams for name in stream.messages}
    names |= {name for direct in directs for name in direct.messages}
    invocations = tuple(_invocation(connection) for connection in _invoked_by(function, topology))
    names |= {api.message for api in apis} | {each.message for each in invocations}
    names |= {publish.message for publish in publishes} | {row.message for row in rows}
    stated = stated_flow(topology).on
    known = {message.name for one in (*reads, *_sends(function, topology)) for message in stated[one]}
    return FunctionStub(
        name=function.name,
        topology=topology.name,
        timeout_s=(function.timeout if isinstance(function, Function) else function.work.timeout) or 0,
        typescript=function.is_typescript,
        folder=_folder(function),
        messages=tuple(_message(topology.messages[name], known=name in known) for name in sorted(names)),
        sources=sources,
        streams=streams,
        directs=directs,
        apis=apis,
        invocations=invocations,
        steps=tuple(_steps(function, topology)),
        publishes=publishes,
        rows=rows,
        starts=starts,
        resumes=any(call.word == RESUMES for call in function.calls),
        idempotency=_idempotency(function, topology),
    )


def _folder(workload: Workload) -> str:
    if isinstance(workload, Service):
        return "services" if workload.pool else "publishers"
    return "functions"


def _reads(function: Workload, topology: Topology) -> list[Connection]:
    return [connection for connection in topology.incoming(function) if isinstance(connection.settings, Delivery)]


def _sends(function: Workload, topology: Topology) -> list[Connection]:
    return [connection for connection in topology.outgoing(function) if isinstance(connection.settings, Publication)]


def _invoked_by(function: Workload, topology: Topology) -> list[Connection]:
    """The schedules that invoke a function that handles messages; one that only sends gets the event as it is."""
    incoming = topology.incoming(function) if function.consumes else []
    return [connection for connection in incoming if isinstance(connection.source, Schedule)]


def _invocation(connection: Connection) -> InvocationStub:
    if not isinstance(connection.settings, Publication):
        raise TypeError(connection)
    return InvocationStub(sender=connection.source.name, message=connection.settings.message)


def _steps(function: Workload, topology: Topology) -> Iterator[StepStub]:
    """The steps of sagas that invoke a function."""
    for connection in topology.incoming(function):
        saga, call = connection.source, connection.settings
        if isinstance(call, Call) and not getattr(saga, "written", None):  # those call as they please
            word = call.word
            yield StepStub(saga=saga.name, step=call.step, undoes=word == UNDO, asks=word == CALLBACK)


def _start(message: Message, saga: Component) -> PublishStub:
    """The start of a saga with a message: its idempotency key becomes the execution's name."""
    key = getattr(saga, "idempotency_key", None) or message.idempotency_key
    limit: int = resources.limit("stepfunctions.max_payload")
    return PublishStub(
        message=message.name,
        kind=ChannelKind.SAGA,
        channel=saga.name,
        deduplicate_by=Path(key) if key else None,
        max_bytes=min(limit, message.max_size or limit),
    )


def _message(message: Message, *, known: bool) -> MessageStub:
    """A contract; what strangers alone send is never kept in a bucket."""
    offload = message.offload if known else None
    return MessageStub(
        name=message.name,
        schema=message.schema,
        version=message.version,
        idempotency_key=message.idempotency_key,
        offload=offload and OffloadStub(store=offload.store, above=offload.above),
        max_bytes=message.max_size if offload else None,
    )


def _source(connection: Connection, topology: Topology) -> SourceStub:
    queue, promise = connection.source, semantics(connection, topology)
    if not isinstance(queue, Queue) or promise is None:
        raise TypeError(connection)
    messages = flow(topology).on[connection]
    return SourceStub(
        queue=queue.name,
        messages=tuple(message.name for message in messages),
        envelopes=_envelopes(queue, topology),
        detail_types=_detail_types(messages),
        fifo=queue.fifo is not None,
        partial_failures=connection.delivery.batch.partial_failures,
        batch_size=connection.delivery.batch.size,
        guarantee=promise.guarantee.value,
        ordering=promise.ordering.value if promise.ordering is not Ordering.NONE else "none",
        existing=queue.existing is not None,
        max_receives=promise.attempts,
        dead_letters=promise.dead_letters.name if promise.dead_letters else None,
        poison=_poison(promise),
    )


def _poison(promise: Semantics) -> PoisonStub | None:
    queue = promise.unread
    return PoisonStub(queue=queue.name, max_bytes=queue.max_size) if isinstance(queue, Queue) else None


def _envelopes(queue: Queue, topology: Topology) -> tuple[Envelope, ...]:
    """The envelopes as code tells them apart: without its name, too, the payload is the body."""
    found = {Envelope.DIRECT if one is Envelope.BARE else one for one in envelopes(queue, topology)}
    return tuple(sorted(found, key=lambda envelope: envelope.value))


def _detail_types(messages: Iterable[Message]) -> dict[str, str]:
    return {message.detail_type: message.name for message in messages if message.detail_type != message.name}


def _stream(connection: Connection, topology: Topology) -> StreamStub:
    promise = semantics(connection, topology)
    if promise is None:
        raise TypeError(connection)
    return StreamStub(
        stream=connection.source.name,
        image=connection.source.image if isinstance(connection.source, Table) else None,
        messages=tuple(message.name for message in flow(topology).on[connection]),
        partial_failures=connection.delivery.batch.partial_failures,
        batch_size=batch_size(connection),
        guarantee=promise.guarantee.value,
        ordering=promise.ordering.value,
        attempts=promise.attempts,
        window_s=promise.window,
        failed=promise.dead_letters.name if promise.dead_letters else None,
        kept=promise.ending is Ending.BUCKET,
        dropped=promise.ending is Ending.DROPPED,
        poison=_poison(promise),
    )


def _direct(connection: Connection, topology: Topology) -> DirectStub:
    source, promise = connection.source, semantics(connection, topology)
    invocation = promise and promise.then
    if promise is None or invocation is None:
        raise TypeError(connection)
    messages = flow(topology).on[connection]
    return DirectStub(
        kind=source.word,
        name=source.name,
        messages=tuple(message.name for message in messages),
        service=promise.retried_by,
        guarantee=promise.guarantee.value,
        detail_types=_detail_types(messages) if by_rule(connection) else {},
        wrapped=is_wrapped(source, topology),
        delivery_attempts=promise.attempts or 0,
        delivery_window_s=promise.window or 0,
        undelivered=promise.dead_letters.name if promise.dead_letters else None,
        attempts=invocation.attempts or 0,
        window_s=invocation.window or 0,
        failed=invocation.dead_letters.name if invocation.dead_letters else None,
        poison=_poison(invocation),
    )


def _api(connection: Connection) -> ApiStub:
    api, settings = connection.source, connection.settings
    if not isinstance(api, Api) or not isinstance(settings, Publication):
        raise TypeError(connection)
    return ApiStub(producer=api.name, route=f"{api.method} {api.path}", message=settings.message)


def _idempotency(function: Workload, topology: Topology) -> IdempotencyStub:
    match function.idempotency:
        case Absent(reason):
            return IdempotencyStub(because=reason)
        case Idempotency() as declared:
            store = topology.components.get(declared.store or "")
            table = store if isinstance(store, Table) else None
            return IdempotencyStub(
                strategy=Strategy(declared.strategy),
                key=declared.key,
                store=declared.store,
                key_attribute=table.key if table else "id",
                sort_key_attribute=table.sort_key if table else None,
                expiry_attribute=table.ttl_attribute if table else None,
                ttl_s=declared.ttl,
            )
        case _:
            return IdempotencyStub()


def publish_stub(connection: Connection, topology: Topology) -> PublishStub:
    """One message that is sent to one channel."""
    settings, channel = connection.settings, connection.target
    if not isinstance(settings, Publication):
        raise TypeError(connection)
    message = topology.messages[settings.message]
    if channel.word == "saga":
        return _start(message, channel)
    fifo = channel.fifo if isinstance(channel, Queue | Topic) else None
    explicit = fifo is not None and fifo.deduplication != "content"
    return PublishStub(
        message=message.name,
        kind=_CHANNELS[type(channel)],
        channel=channel.name,
        group_by=_group_by(channel, message, fifo, topology),
        deduplicate_by=Path(message.idempotency_key) if explicit and message.idempotency_key else None,
        attributes=_filtered_on(channel, topology),
        event_source=event_source(channel, topology) if isinstance(channel, Bus) else None,
        detail_type=message.detail_type if isinstance(channel, Bus) else None,
        max_bytes=min(channel_limit(channel), (not message.offload and message.max_size) or channel_limit(channel)),
        ordered=fifo is not None or (isinstance(channel, Stream) and message.key is not None),
    )


def _row(connection: Connection, topology: Topology) -> RowStub | DatabaseRowStub:
    """One message that a function writes into an outbox."""
    settings, table = connection.settings, connection.target
    if not isinstance(settings, Publication):
        raise TypeError(connection)
    message = topology.messages[settings.message]
    room = row_room(table, message, topology)
    group_by = Path(message.key) if message.key else None
    if not isinstance(table, Table):
        (outbox,) = (one for one in topology.of(Outbox) if one.store == table.name)
        return DatabaseRowStub(
            message=message.name, store=table.name, table=rows_table(outbox), group_by=group_by, max_bytes=room
        )
    return RowStub(
        message=message.name,
        store=table.name,
        key=table.key,
        row=table.sort_key or "",
        unsent=UNSENT,
        parts=PARTS,
        group_by=group_by,
        max_bytes=room,
    )


def _group_by(channel: Component, message: Message, fifo: Fifo | None, topology: Topology) -> Path | Constant | None:
    """The message group or, in a stream, the partition key; without a key of its message a record there gets any."""
    if isinstance(channel, Stream):
        return Path(message.key) if message.key else None
    if fifo:
        return Path(message.key) if message.key else Constant("all")
    return Path(message.key) if message.key and is_fair(channel, topology) else None


_CHANNELS: Mapping[type[Component], ChannelKind] = {
    Topic: ChannelKind.TOPIC,
    Queue: ChannelKind.QUEUE,
    Bus: ChannelKind.BUS,
    Stream: ChannelKind.STREAM,
}


def _filtered_on(channel: Component, topology: Topology) -> dict[str, str]:
    """The message attributes that a sender to a topic gives."""
    return {name: name for name in filtered_on(channel, topology)} if isinstance(channel, Topic) else {}


def channel_limit(channel: Component) -> int:
    """The largest message that a channel takes, in bytes."""
    if isinstance(channel, Queue | Topic):
        return channel.max_size
    if isinstance(channel, Stream):
        return channel.max_record
    limit: int = resources.limit("eventbridge.max_message")
    return limit
