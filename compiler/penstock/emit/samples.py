"""Sample events of consumers: a valid message, the same once more, one that cannot be read, and a batch with one such."""

import enum
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from penstock.emit.python_types import FunctionStub, SourceStub, StepStub
from penstock.emit.sample_events import (
    Delivered,
    Event,
    direct_event,
    polled,
    queue_event,
    request,
    step_event,
    stream_event,
)
from penstock.emit.sample_values import invalid, valid
from penstock.emit.stubs import consumer_stub
from penstock.graph.flow import flow
from penstock.hops.wrapping import Envelope
from penstock.kinds import Function, Service, Table
from penstock.model.component import Component
from penstock.model.topology import Topology
from penstock.records import NamedTuple

_TRIES = 6


class Kind(enum.Enum):
    """What an event shows: ``duplicate`` is what comes when ``valid`` is delivered once more."""

    VALID = "valid"
    DUPLICATE = "duplicate"
    POISON = "poison"
    BATCH = "batch"


class NoSampleError(Exception):
    """There is no such event; the text says why, and what helps."""


class Door(NamedTuple):
    """One way on which messages come to a consumer: from the component ``source``, which is a ``word``.

    ``batched`` says whether several can come at once, ``textual`` whether what comes need not be JSON, ``messages`` which they are: of
    a saga its steps.
    """

    word: str
    source: str
    messages: tuple[str, ...]
    shape: Callable[[str, Sequence[Delivered]], Event]
    batched: bool = False
    textual: bool = False


def doors(consumer: Component, topology: Topology, *, handled: bool = False) -> list[Door]:
    """All ways on which messages come to a function or to a pool of workers; none to anything else.

    What a pool gets is what it receives, or with ``handled`` what its handler is given of that.
    """
    if not isinstance(consumer, Function | Service):
        return []
    stub = consumer_stub(consumer, topology)
    polls = isinstance(consumer, Service) and not handled
    return [
        *(_queue(source, stub, topology, polls=polls) for source in stub.sources),
        *_streams(stub, topology),
        *_others(stub, topology),
        *_sagas(stub, topology),
    ]


def _queue(source: SourceStub, stub: FunctionStub, topology: Topology, *, polls: bool) -> Door:
    shaped = partial(polled if polls else queue_event, source, resumes=stub.resumes, owner=topology.name)
    textual = source.envelopes[0] in {Envelope.DIRECT, Envelope.NOTIFICATION}
    return Door("queue", source.queue, source.messages, _several(shaped), batched=True, textual=textual)


def _streams(stub: FunctionStub, topology: Topology) -> Iterator[Door]:
    for stream in stub.streams:
        table = topology.components[stream.stream]
        keys = [key for key in (table.key, table.sort_key) if key] if isinstance(table, Table) else []
        shaped = partial(stream_event, stream, keys=keys)
        yield Door(table.word, stream.stream, stream.messages, _several(shaped), batched=True)


def _others(stub: FunctionStub, topology: Topology) -> Iterator[Door]:
    for direct in stub.directs:
        shaped = partial(direct_event, direct, owner=topology.name)
        textual = direct.kind == "topic" and not direct.wrapped
        yield Door(direct.kind, direct.name, direct.messages, _single(shaped), textual=textual)
    for api in stub.apis:
        yield Door("api", api.producer, (api.message,), _single(partial(request, api.route)), textual=True)
    for each in stub.invocations:
        yield Door("schedule", each.sender, (each.message,), _single(lambda message: dict(message.payload)))


def _several(shaped: Callable[[Sequence[Delivered]], Event]) -> Callable[[str, Sequence[Delivered]], Event]:
    return lambda _, messages: shaped(messages)


def _single(shaped: Callable[[Delivered], Event]) -> Callable[[str, Sequence[Delivered]], Event]:
    return lambda _, messages: shaped(messages[0])


def _sagas(stub: FunctionStub, topology: Topology) -> Iterator[Door]:
    steps = {f"{each.step}/undo" if each.undoes else each.step: each for each in stub.steps}
    for saga in dict.fromkeys(each.saga for each in stub.steps):
        names = tuple(name for name, each in steps.items() if each.saga == saga)
        asked = topology.components[saga]
        started = flow(topology).at[topology.components.get(getattr(asked, "starter", ""), asked)]
        given = _valid(started[0].name, topology) if started else {}
        yield Door("saga", saga, names, _stepping(steps, given))


def _stepping(steps: Mapping[str, StepStub], given: object) -> Callable[[str, Sequence[Delivered]], Event]:
    return lambda name, _: step_event(steps[name], given)


def sample(door: Door, name: str, kind: Kind, topology: Topology) -> Event:
    """One event with a message, or a saga's step, as it comes on such a way."""
    if door.word == "saga":
        if kind in {Kind.POISON, Kind.BATCH}:
            raise NoSampleError(f"saga {door.source!r} calls with one step at a time, whose input has no schema")
        return door.shape(name, ())
    if kind is Kind.BATCH:
        return door.shape(name, _batch(door, name, topology))
    if kind is Kind.POISON:
        return door.shape(name, [_poison(door, name, topology, 1)])
    first = _delivered(name, topology, _valid(name, topology), 1)
    return door.shape(name, [first._replace(receives=2 if kind is Kind.DUPLICATE else 1)])


def _batch(door: Door, name: str, topology: Topology) -> list[Delivered]:
    """A valid message, a bad one of another group, and a second valid one, where its schema allows two with keys of their own."""
    if not door.batched:
        raise NoSampleError(f"{door.word} {door.source!r} hands over one message at a time, so there are no batches")
    first = _valid(name, topology)
    messages = [_delivered(name, topology, first, 1), _poison(door, name, topology, 2)]
    path = topology.messages[name].idempotency_key or topology.messages[name].key
    for number in range(2, _TRIES):
        other = _valid(name, topology, number)
        if _at(other, path) != _at(first, path):
            return [*messages, _delivered(name, topology, other, 3)]
    return messages


def _valid(name: str, topology: Topology, number: int = 1) -> Any:  # noqa: ANN401 - JSON
    try:
        return valid(topology.messages[name].schema, number)
    except LookupError:
        text = (
            f"no value was found that the schema of message {name!r} takes; give one as `examples: [...]` in the schema"
        )
        raise NoSampleError(text) from None


def _delivered(name: str, topology: Topology, payload: Any, number: int) -> Delivered:  # noqa: ANN401 - JSON
    message = topology.messages[name]
    key = _at(payload, message.key)
    group = key if isinstance(key, str) else json.dumps(key)
    return Delivered(name, payload, number=number, group=group if key is not None else f"group-{number}")


def _poison(door: Door, name: str, topology: Topology, number: int) -> Delivered:
    """A message that breaks its schema or, where that takes everything, one that is no JSON."""
    near = _valid(name, topology, 1)
    try:
        payload = invalid(topology.messages[name].schema, near, an_object=not door.textual)
    except LookupError:
        if not door.textual:
            text = f"the schema of message {name!r} takes everything, so nothing that {door.word} {door.source!r} brings is poison"
            raise NoSampleError(text) from None
        return Delivered(name, None, raw="{", number=number, group=f"poison-{number}")
    return Delivered(name, payload, number=number, group=f"poison-{number}")


def _at(payload: Any, path: str | None) -> Any:  # noqa: ANN401 - JSON
    """The value at a path into a payload; without a path, the payload."""
    for part in path.split(".") if path else ():
        payload = payload.get(part) if isinstance(payload, dict) else None
    return payload if path else None
