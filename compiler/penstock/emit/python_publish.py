"""What the template of ``publish.py`` shows: functions per message and channel, for one and for many, and for all channels of a message."""

from collections.abc import Iterator, Mapping, Sequence

from penstock.emit.python_code import (
    INDENT,
    WIDTH,
    Call,
    Code,
    bracket,
    call,
    docstring,
    literal,
    statement,
    strings,
)
from penstock.emit.python_imports import imports
from penstock.emit.python_types import ChannelKind, Constant, FunctionStub, MessageStub, Path, PublishStub
from penstock.emit.sendings import ONE_BY_ONE, batch_names, publish_names, sendings
from penstock.plan.names import environment_name
from penstock.records import NamedTuple

BODY = 4


def publish_view(stub: FunctionStub, class_of: Mapping[str, str]) -> dict[str, object]:
    """The values for the template ``publish.py.j2``."""
    functions = list(_functions(stub, class_of))
    sent = {each.message for each in stub.publishes}
    several = batch_names(stub)
    names = ["PublishError", *(str(each["name"]) for each in functions if each["exported"])]
    return {
        "typing": bool(several),
        "own_imports": imports(
            {
                "senders": sender_names(stub.publishes),
                "messages": [class_of[name] for name in sent],
                **({"keeping": ["kept"]} if any(stub.message(name).offload for name in sent) else {}),
                **_starting(stub),
                **_batching(stub),
            }
        ),
        "exported": statement(
            "__all__ = ", bracket("[", "]", map(literal, sorted([*names, *(["UnsentError"] if several else [])]))), 0
        ),
        "functions": functions,
    }


def _batching(stub: FunctionStub) -> dict[str, list[str]]:
    several = batch_names(stub)
    kinds = {each.kind.value for each in stub.publishes if each.message in several}
    return {"batches": ["UnsentError", *(f"to_{kind}_batch" for kind in kinds)]} if several else {}


def _starting(stub: FunctionStub) -> dict[str, list[str]]:
    """Sagas are started, which is a module of its own."""
    return {"starting": ["to_saga"]} if any(each.kind is ChannelKind.SAGA for each in stub.publishes) else {}


def sender_names(publishes: Sequence[PublishStub]) -> list[str]:
    """What code that sends all these needs of the module ``senders``."""
    sent = [each.kind for each in publishes if each.kind is not ChannelKind.SAGA]
    wanted = {"Parcel", "PublishError"} | {f"to_{kind.value}" for kind in sent}
    if any(isinstance(by, Path) for each in publishes for by in (each.group_by, each.deduplicate_by)):
        wanted.add("identifier")
    if any(each.attributes for each in publishes):
        wanted.add("value_at")
    return sorted(wanted)


def _functions(stub: FunctionStub, class_of: Mapping[str, str]) -> Iterator[dict[str, object]]:
    for each in sendings(stub, publish_names(stub), batch_names(stub)):
        given = _Given(class_of[each.message], stub.message(each.message))
        for one in each.channels:
            yield from _of_channel(one.name, one.many, one.target, given)
        if each.name:
            calls = [statement("", call(one.name, Code("message")), BODY) for one in each.channels]
            yield _function(each.name, given.one, ONE_BY_ONE, calls)
        if each.many:
            calls = [statement("", call(one.many or "", Code("messages")), BODY) for one in each.channels]
            yield _function(each.many, given.many, ONE_BY_ONE, calls)


class _Given(NamedTuple):
    """The class of a message, and its contract."""

    class_name: str
    message: MessageStub

    @property
    def one(self) -> Code:
        """The parameter of a function that sends one."""
        return Code(f"message: {self.class_name}")

    @property
    def many(self) -> Code:
        """The parameter of a function that sends many."""
        return Code(f"messages: Sequence[{self.class_name}]")


def _of_channel(name: str, batch: str | None, target: PublishStub, given: _Given) -> Iterator[dict[str, object]]:
    """What makes a parcel of a message, what sends one, and what sends many."""
    made = f"_{name.removeprefix('publish_')}"
    where = f"{target.kind.value} '{target.channel}'"
    lines = [
        Code("data = message.to_dict()"),
        Code("type(message).from_dict(data)"),
        *_kept(given.message),
        statement("return ", parcel(target, "payload" if given.message.offload else "data"), BODY),
    ]
    yield _function(made, given.one, f"What is sent to {where}", lines, result="Parcel")
    variable = literal(environment_name(target.kind.value, target.channel))
    sent = call(f"to_{target.kind.value}", variable, call(made, Code("message")), **_event(target))
    yield _function(name, given.one, f"Send to {where}", [statement("", sent, BODY)])
    if batch:
        parcels = f"{made}(message) for message in messages"
        start, inner = "parcels = [", " " * (BODY + INDENT)
        fits = BODY + len(start) + len(parcels) + 1 <= WIDTH
        made_of_each = Code(f"{start}{parcels}]" if fits else f"{start}\n{inner}{parcels}\n{' ' * BODY}]")
        ordered = {"ordered": literal(value=True)} if target.ordered else {}
        sent = call(f"to_{target.kind.value}_batch", variable, Code("parcels"), **_event(target), **ordered)
        lines = [made_of_each, statement("", sent, BODY)]
        kept = ", each group in order" if target.ordered else ""
        yield _function(batch, given.many, f"Send many to {where}{kept}", lines)


def _function(name: str, parameter: Code, first: str, lines: list[Code], *, result: str = "None") -> dict[str, object]:
    signature = Call(f"def {name}(", call("", parameter).arguments, f") -> {result}:")
    return {
        "name": name,
        "exported": not name.startswith("_"),
        "signature": statement("", signature, 0),
        "docstring": docstring(first),
        "lines": lines,
    }


def parcel_lines(target: PublishStub, payload: str = "data", **more: Code) -> Iterator[Code]:
    """How a payload, a variable, is sent to one channel, with ``more`` fields of its parcel."""
    variable = literal(environment_name(target.kind.value, target.channel))
    sent = call(f"to_{target.kind.value}", variable, Code("parcel"), **_event(target))
    yield statement("parcel = ", parcel(target, payload, **more), BODY)
    yield statement("", sent, BODY)


def parcel(target: PublishStub, payload: str = "data", **more: Code) -> Call:
    """A payload, a variable, as a parcel for one channel."""
    data: dict[str, Call | Code] = {"message": literal(target.message), "data": Code(payload), **more}
    if target.max_bytes is not None:
        data["max_bytes"] = literal(target.max_bytes)
    if target.group_by is not None:
        data["group"] = identifier(target.group_by)
    if target.deduplicate_by is not None:
        data["deduplication"] = identifier(target.deduplicate_by)
    if target.attributes:
        pairs = [Code(f"{literal(name)}: {_value_at(path)}") for name, path in sorted(target.attributes.items())]
        data["attributes"] = bracket("{", "}", pairs)
    return call("Parcel", **data)


def _kept(message: MessageStub) -> Iterator[Code]:
    """What puts a large payload into its bucket."""
    if message.offload:
        given: dict[str, Call | Code] = {
            "message": literal(message.name),
            "store": literal(environment_name("store", message.offload.store)),
            "above": literal(message.offload.above),
        }
        if message.max_bytes is not None:
            given["max_bytes"] = literal(message.max_bytes)
        yield statement("payload = ", call("kept", Code("data"), **given), BODY)


def _event(target: PublishStub) -> dict[str, Code]:
    """What only a bus wants to know."""
    if target.kind is not ChannelKind.BUS:
        return {}
    if target.event_source is None:
        raise ValueError(f"bus {target.channel!r} needs an event source")
    return {"source": literal(target.event_source), "detail_type": literal(target.detail_type or target.message)}


def identifier(by: Path | Constant) -> Call | Code:
    """A group or a key: a value of the payload ``data``, or a constant."""
    if isinstance(by, Constant):
        return literal(by.text)
    return call("identifier", Code("data"), strings(by.path.split(".")))


def _value_at(path: str) -> str:
    parts = ", ".join(literal(part) for part in path.split("."))
    return f"value_at(data, ({parts}{',' if '.' not in path else ''}))"
