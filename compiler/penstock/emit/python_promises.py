"""What the topology promises to a function, in sentences for docstrings."""

from collections.abc import Iterator

from penstock.emit.python_types import DirectStub, FunctionStub, SourceStub, Strategy, StreamStub
from penstock.model.units import show_duration

KEPT_BY_TEAM = {
    Strategy.CONDITIONAL_WRITE: "write with a condition on idempotency_key, within copies.conditional(), which takes a failed condition "
    "for done. An invocation that dies after that write has done it: it covers this write and no other effect",
    Strategy.UNIQUE_CONSTRAINT: "begin with copies.claim(cursor, idempotency_key), and commit it together with the effect. "
    "An invocation that dies has done all of the transaction or nothing: it covers that and no other effect",
    Strategy.CLIENT_KEY: "hand idempotency_key to the service that you call, which ignores what it has seen; where it says so, "
    "raise copies.Duplicate. An invocation that dies may call again, which does nothing as long as the service remembers",
}

ENDS_COPIES = (Strategy.CONDITIONAL_WRITE, Strategy.UNIQUE_CONSTRAINT)
"""Where a copy gets no further than to the write that it finds done."""


def promises(stub: FunctionStub, source: SourceStub) -> Iterator[str]:
    """How a queue delivers to the function: guarantee, order, attempts, and how long it may take."""
    yield f"Queue '{source.queue}' delivers {source.guarantee}; order: {source.ordering}."
    yield _attempts(source)
    several = f" for up to {source.batch_size} messages" if source.batch_size > 1 else ""
    yield f"Deadline: an invocation{several} is stopped after {stub.timeout_s:g} s."
    if source.batch_size > 1 and not source.partial_failures:
        yield "When one message of a batch fails, all of them come again."


def _attempts(source: SourceStub) -> str:
    if source.existing and source.max_receives is None:
        return "Attempts: as the owner of the queue has said."
    if source.max_receives is None:
        return "Attempts: until the message expires; there is no dead-letter queue."
    target = f"; then the message goes to queue '{source.dead_letters}'" if source.dead_letters else ""
    return f"Attempts: a message is received at most {_times(source.max_receives)}{target}.{_unread(source)}"


def _unread(way: SourceStub | StreamStub | DirectStub) -> str:
    """What becomes of a message with which the team's code has nothing to do."""
    return " One that cannot be read goes there at once, with the reason." if way.poison else ""


def stream_promises(stub: FunctionStub, stream: StreamStub) -> Iterator[str]:
    """How a stream delivers to the function: guarantee, order, attempts, and what a failure holds up."""
    what = "The stream of table" if stream.image else "Stream"
    yield f"{what} '{stream.stream}' delivers {stream.guarantee}; order: {stream.ordering}."
    yield _tries(stream)
    several = f" for up to {stream.batch_size} messages" if stream.batch_size > 1 else ""
    yield f"Deadline: an invocation{several} is stopped after {stub.timeout_s:g} s."
    if stream.batch_size > 1 and stream.partial_failures:
        yield "When a message fails, it comes again with all that follow it in its batch, handled ones too."
    elif stream.batch_size > 1:
        yield "When one message of a batch fails, all of them come again."


def _tries(stream: StreamStub) -> str:
    known = stream.window_s is not None
    window = show_duration(stream.window_s or 0)
    age = f"{window} old" if known else "as old as the stream lets it become"
    if stream.attempts is None and not stream.failed and not stream.dropped:
        told = f" One that cannot be read goes to queue '{stream.poison.queue}' at once." if stream.poison else ""
        return f"Attempts: until the message is {age}; until then its shard waits.{told}"
    within = f" within {window}" if known else ""
    bound = f"{_times(stream.attempts)}{within}" if stream.attempts else f"until the message is {age}"
    return f"Attempts: {bound}; then {_stream_end(stream)}.{_unread(stream)}"


def _stream_end(stream: StreamStub) -> str:
    if stream.failed is None:
        return "it is passed over"
    return (
        f"bucket '{stream.failed}' keeps it" if stream.kept else f"queue '{stream.failed}' gets its place in the stream"
    )


def direct_promises(stub: FunctionStub, direct: DirectStub) -> Iterator[str]:
    """How a topic or a bus gets a message to the function, and what happens at each of the two layers that can fail."""
    yield f"{direct.kind.capitalize()} '{direct.name}' invokes it {direct.guarantee}; order: none."
    delivery = f"{_times(direct.delivery_attempts)} within {show_duration(direct.delivery_window_s)}"
    end = _end(direct.undelivered, "the message")
    yield f"Delivery: {direct.service} tries at most {delivery} to hand the message to Lambda; then {end}."
    attempts = f"{_times(direct.attempts)} within {show_duration(direct.window_s)}"
    end = f"{_end(direct.failed, 'its record')}.{_unread(direct)}"
    yield f"Attempts: Lambda invokes at most {attempts} for one message; then {end}"
    yield f"Deadline: an invocation is stopped after {stub.timeout_s:g} s."


def _end(queue: str | None, what: str) -> str:
    return f"{what} goes to queue '{queue}'" if queue else "the message is lost"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def duty(stub: FunctionStub) -> Iterator[str]:
    """What keeps a second copy of a message harmless, and whose work that is."""
    declared = stub.idempotency
    if declared.strategy is Strategy.TABLE:
        yield f"Copies: table '{declared.store}' remembers what was done, so a copy does not get here."
        yield "Work that raises is done again from the start; so is work whose invocation died, whatever it had done."
    elif declared.strategy is Strategy.NONE:
        why = f" ({declared.because})" if declared.because else ""
        yield f"Copies: nothing keeps a copy of a message from being handled again{why}."
    else:
        how = KEPT_BY_TEAM[declared.strategy]
        yield f"Copies: yours to make harmless. The topology says {declared.strategy.value}: {how}."
        if stub.publishes and declared.strategy in ENDS_COPIES:
            yield "So send before that what is to be sent: a copy whose effect is there already ends there, and sends nothing."
