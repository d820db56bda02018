"""State machines of Step Functions that were written elsewhere: a saga whose definition is taken as it is, with its tasks read as edges."""

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from penstock.asl import written
from penstock.asl.saga import Flow
from penstock.asl.written import SYNC, Address, State, Task, Written
from penstock.diagnostics import Diagnostic, Label, Severity
from penstock.kinds.kind import Kind
from penstock.kinds.saga import Saga, lower
from penstock.kinds.saga_starter import read_starter, starter_name
from penstock.model.component import CALLBACK, CHILD, DO, LAUNCH, Call, Component, Publication, Reference
from penstock.model.contracts import ReadSchema
from penstock.model.entry import Entry
from penstock.model.origin import FileOrigin, Place, Selected
from penstock.model.topology import Message, Topology
from penstock.plan.layer import Layer
from penstock.records import NamedTuple, replace
from penstock.source.schema_file import NO_SCHEMA

_DAY = 86_400
_ADDRESSED = ("function", "topic", "bus", "queue", "stream", "saga")
"""What a text of a definition may stand for the address of."""


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The state machine, then its starter. A definition in a file is read later, by ``from_file``."""
    said: Any = entry.data.get("definition")
    data: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    saga = Saga(
        name=name,
        origin=entry.origin,
        tags=entry.pairs("tags"),
        flow=Flow(name=name, steps=(), express=entry.text("workflow") == "express"),
        starter=starter_name(name),
        idempotency_key=entry.text("idempotency_key"),
        log_retention=(entry.seconds("log_retention") or 30 * _DAY) // _DAY,
        tracing=entry.flag("tracing"),
        written=written.read(data, entry.origin.child("definition")) if data else None,
        thresholds=entry.thresholds(),
        severities=entry.severities(),
    )
    yield saga
    yield from read_starter(name, entry)


def defined(
    saga: Component, file: object, read_file: ReadSchema, messages: Mapping[str, Message], faults: list[Diagnostic]
) -> Saga:
    """A state machine with all that its definition calls; ``file`` is the path where that is not in the topology itself."""
    if not isinstance(saga, Saga):
        raise TypeError(saga)
    found = saga.written or written.read({}, saga.origin.child("definition"))
    if isinstance(file, str):
        got = read_file(posixpath.normpath(file))
        faults += _unreadable(got.faults, saga, file, found=got.found)
        found = Written(data={}, origin=saga.origin) if got.faults else written.read(got.data, FileOrigin(got))
    return calling(saga, _by_detail_type(found, messages))


def calling(saga: Saga, found: Written) -> Saga:
    """A state machine with this definition and all that it calls."""
    return replace(
        saga,
        written=found,
        calls=tuple(_calls(found)),
        publications=tuple(_publications(found)),
        references=tuple(
            Reference(name, Place(found.origin, route), _ADDRESSED) for route, name in found.named.items()
        ),
    )


def _unreadable(told: list[Any], saga: Saga, file: str, *, found: bool) -> Iterator[Diagnostic]:
    named = saga.at("definition").span()
    for fault in told:
        if found:
            yield Diagnostic.of_fault(fault)._replace(related=(Label(named, "the file is used here"),))
        else:
            text = f"the definition of {saga} cannot be used: {fault.message}"
            yield Diagnostic(NO_SCHEMA, Severity.ERROR, text, named, f"write {file!r}, or name another file")


def _calls(found: Written) -> Iterator[Call]:
    """What tasks call and start; what they send is a publication."""
    for task in found.tasks:
        for address in task.calls:
            if address.message is not None:
                continue
            starts = task.action == "states:startExecution"
            word = (
                (CHILD if task.pattern == SYNC else LAUNCH) if starts else CALLBACK if task.waits_for_callback else DO
            )
            kinds = ("saga",) if starts else ("function",)
            yield Call(to=address.name, word=word, kinds=kinds, key=address.key, step=task.name, origin=address.origin)


def _publications(found: Written) -> Iterator[Publication]:
    """Each message and channel once, however many tasks send there."""
    seen = set()
    for _, address in sent(found):
        if (address.message, address.name) not in seen:
            seen.add((address.message, address.name))
            origin = Selected(address.origin, {"to": address.key, "message": _message_key(address)})
            yield Publication(message=address.message or "", to=address.name, origin=origin)


def _message_key(address: Address) -> str:
    return "DetailType" if address.key == "EventBusName" else "MessageAttributes"


def sent(found: Written) -> Iterator[tuple[Task, Address]]:
    """Every message that a task sends."""
    for task in found.tasks:
        yield from ((task, address) for address in task.calls if address.message is not None)


def written_states(topology: Topology) -> Iterator[tuple[Saga, State]]:
    """Every state that was written elsewhere, with its state machine."""
    for saga in topology.of(Saga):
        yield from ((saga, state) for state in (saga.written.states if saga.written else ()))


def error_names(item: Mapping[str, Any]) -> tuple[str, ...]:
    """The errors that a retrier or a catcher is for."""
    said = item.get("ErrorEquals")
    return tuple(name for name in said if isinstance(name, str)) if isinstance(said, list) else ()


def all_error_names(state: State, key: str) -> frozenset[str] | None:
    """The errors that a state tries again (``Retry``) or catches (``Catch``); ``None`` where that is not known."""
    said = state.data.get(key, [])
    found: set[str] = set()
    for item in said if isinstance(said, list) else [None]:
        names = item.get("ErrorEquals") if isinstance(item, Mapping) else None
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            return None
        found.update(names)
    return frozenset(found)


class Handled(NamedTuple):
    """A catcher of a state, the one of this ``number``, after which another state does something: where it leads is not the end."""

    saga: Saga
    state: State
    number: int
    catcher: Mapping[str, Any]
    handler: State


def handled(topology: Topology) -> Iterator[Handled]:
    """Every such catcher."""
    for saga in topology.of(Saga):
        several = saga.written.states if saga.written else ()
        working = {one.route: one for one in several if one.type not in {"Fail", "Succeed"}}
        for state in several:
            for number, item in state.all_of("Catch"):
                next_ = item.get("Next")
                handler = working.get((*state.route[:-1], next_)) if isinstance(next_, str) else None
                if handler is not None:
                    yield Handled(saga, state, number, item, handler)


def _by_detail_type(found: Written, messages: Mapping[str, Message]) -> Written:
    """The definition with the events that it sends under the names of their messages."""
    names = {message.detail_type: name for name, message in messages.items() if message.detail_type != name}
    if not names:
        return found
    states = tuple(
        replace(state, calls=tuple(_renamed(address, names) for address in state.calls))
        if isinstance(state, Task)
        else state
        for state in found.states
    )
    return replace(found, states=states)


def _renamed(address: Address, names: Mapping[str, str]) -> Address:
    if address.key != "EventBusName" or address.message is None:
        return address
    return address._replace(message=names.get(address.message, address.message))


STATE_MACHINE = Kind(Saga, "sagas", "state-machine", "saga-state-machine", read, lower, layer=Layer.WORKERS)
