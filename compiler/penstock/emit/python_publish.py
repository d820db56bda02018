"""What the template of ``publish.py`` shows: one function per message and channel, and one for all of a message."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from penstock.emit.python_code import (
    Call,
    Code,
    Names,
    bracket,
    call,
    docstring,
    literal,
    python_name,
    statement,
    strings,
)
from penstock.emit.python_imports import imports
from penstock.emit.python_types import ChannelKind, Constant, FunctionStub, MessageStub, Path, PublishStub
from penstock.plan.names import environment_name

BODY = 4


def publish_view(stub: FunctionStub, class_of: Mapping[str, str]) -> dict[str, object]:
    """The values for the template ``publish.py.j2``."""
    functions = list(_functions(stub, class_of))
    sent = {each.message for each in stub.publishes}
    names = ["PublishError", *(str(each["name"]) for each in functions)]
    return {
        "own_imports": imports(
            {
                "senders": sender_names(stub.publishes),
                "messages": [class_of[name] for name in sent],
                **({"keeping": ["kept"]} if any(stub.message(name).offload for name in sent) else {}),
                **_starting(stub),
            }
        ),
        "exported": statement("", bracket("[", "]", map(literal, sorted(names))), 0),
        "functions": functions,
    }


def publish_names(
    stub: FunctionStub, named: Callable[[str, str], str] = python_name, to: str = "_to"
) -> dict[str, list[str]]:
    """The functions' names by message: where a message has several channels, the one for all comes first.

    ``named`` joins the verb and what it is about, and also the name and the channel.
    """
    names = Names()
    found: dict[str, list[str]] = {}
    for message, group in groupby(ordered(stub), key=lambda each: each.message):
        channels = [each.channel for each in group]
        name = named("publish", message)
        found[message] = [names.new(name)]
        if len(channels) > 1:
            found[message] += [names.new(named(f"{name}{to}", channel)) for channel in channels]
    return found


def ordered(stub: FunctionStub) -> list[PublishStub]:
    """Messages by name; the channels of a message stay in the topology's order."""
    return sorted(stub.publishes, key=lambda each: each.message)


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
    names = publish_names(stub)
    for message, group in groupby(ordered(stub), key=lambda each: each.message):
        targets = list(group)
        single = names[message] if len(targets) == 1 else names[message][1:]
        for name, target in zip(single, targets, strict=True):
            first = f"Send to {target.kind.value} '{target.channel}'"
            yield _function(name, class_of[message], first, list(_lines(target, stub.message(message))))
        if len(targets) > 1:
            first = "Send to all channels in the topology's order; the first that fails ends it"
            calls = [statement("", call(each, Code("message")), BODY) for each in single]
            yield _function(names[message][0], class_of[message], first, calls)


def _function(name: str, class_name: str, first: str, lines: list[Code]) -> dict[str, object]:
    signature = Call(f"def {name}(", call("", Code(f"message: {class_name}")).arguments, ") -> None:")
    return {"name": name, "signature": statement("", signature, 0), "docstring": docstring(first), "lines": lines}


def _lines(target: PublishStub, message: MessageStub) -> Iterator[Code]:
    """The body of a sending function."""
    yield Code("data = message.to_dict()")
    yield Code("type(message).from_dict(data)")
    yield from _kept(message)
    yield from parcel_lines(target, "payload" if message.offload else "data")


def parcel_lines(target: PublishStub, payload: str = "data", **more: Code) -> Iterator[Code]:
    """How a payload, a variable, is sent to one channel, with ``more`` fields of its parcel."""
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
    variable = literal(environment_name(target.kind.value, target.channel))
    sent = call(f"to_{target.kind.value}", variable, Code("parcel"), **_event(target))
    yield statement("parcel = ", call("Parcel", **data), BODY)
    yield statement("", sent, BODY)


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
