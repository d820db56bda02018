"""What the template of ``publish.ts`` shows: one function per message and channel, and one for all of a message."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from penstock.emit.python_code import Call, Code, call, pascal
from penstock.emit.python_publish import ordered, publish_names
from penstock.emit.python_types import ChannelKind, Constant, FunctionStub, MessageStub, Path, PublishStub
from penstock.emit.typescript_code import camel, comment, imports, literal, record, statement, strings
from penstock.plan.names import environment_name

LIB = "../../lib"
BODY = 4


def typescript_name(verb: str, text: str) -> str:
    """``handle`` and ``order-placed`` as ``handleOrderPlaced``."""
    return camel(verb) + pascal(text)


def published(stub: FunctionStub) -> dict[str, list[str]]:
    """The names of the functions that send, by message."""
    return publish_names(stub, typescript_name, "To")


def publish_view(stub: FunctionStub, class_of: Mapping[str, str]) -> dict[str, object]:
    """The values for the template ``publish.ts.j2``."""
    return {"imports": imports(_imports(stub, class_of)), "functions": list(_functions(stub, class_of))}


def _imports(stub: FunctionStub, class_of: Mapping[str, str]) -> dict[str, list[str]]:
    sent = stub.publishes
    names = sorted({class_of[each.message] for each in sent})
    found = {"./messages.js": [word for name in names for word in (f"type {name}", f"read{name}")]}
    senders = {f"to{each.kind.value.title()}" for each in sent if each.kind is not ChannelKind.SAGA}
    if any(isinstance(by, Path) for each in sent for by in (each.group_by, each.deduplicate_by)):
        senders.add("identifier")
    if senders:
        found[f"{LIB}/senders.js"] = sorted(senders)
    if any(each.kind is ChannelKind.SAGA for each in sent):
        found[f"{LIB}/starting.js"] = ["toSaga"]
    if any(each.attributes for each in sent):
        found[f"{LIB}/outcomes.js"] = ["valueAt"]
    if any(stub.message(each.message).offload for each in sent):
        found[f"{LIB}/payloads.js"] = ["kept"]
    return found


def _functions(stub: FunctionStub, class_of: Mapping[str, str]) -> Iterator[dict[str, object]]:
    names = published(stub)
    for message, group in groupby(ordered(stub), key=lambda each: each.message):
        targets = list(group)
        single = names[message] if len(targets) == 1 else names[message][1:]
        for name, target in zip(single, targets, strict=True):
            first = f"Send to {target.kind.value} '{target.channel}'"
            yield _function(name, class_of[message], first, list(_lines(target, stub.message(message), class_of)))
        if len(targets) > 1:
            first = "Send to all channels in the topology's order; the first that fails ends it"
            calls = [statement("await ", call(each, Code("message")), BODY) for each in single]
            yield _function(names[message][0], class_of[message], first, calls)


def _function(name: str, kind: str, first: str, lines: list[Code]) -> dict[str, object]:
    return {"name": Code(name), "type": Code(kind), "comment": comment(first), "lines": lines}


def _lines(target: PublishStub, message: MessageStub, class_of: Mapping[str, str]) -> Iterator[Code]:
    """The body of a sending function."""
    yield statement("", call(f"read{class_of[message.name]}", Code("message")), BODY)
    data = "message"
    if message.offload:
        where: dict[str, Call | Code] = {
            "message": literal(message.name),
            "store": literal(environment_name("store", message.offload.store)),
            "above": literal(message.offload.above),
        }
        if message.max_bytes is not None:
            where["maxBytes"] = literal(message.max_bytes)
        yield statement("const payload = ", call("await kept", Code("message"), record(where)), BODY)
        data = "payload"
    variable = literal(environment_name(target.kind.value, target.channel))
    sender = f"await to{target.kind.value.title()}"
    yield statement("", call(sender, variable, record(_parcel(target, data)), *_event(target)), BODY)


def _parcel(target: PublishStub, data: str) -> dict[str, Call | Code]:
    parcel: dict[str, Call | Code] = {"message": literal(target.message), "data": Code(data)}
    if target.max_bytes is not None:
        parcel["maxBytes"] = literal(target.max_bytes)
    if target.group_by is not None:
        parcel["group"] = _identifier(target.group_by)
    if target.deduplicate_by is not None:
        parcel["deduplication"] = _identifier(target.deduplicate_by)
    if target.attributes:
        parcel["attributes"] = record(
            {literal(name): _value_at(path) for name, path in sorted(target.attributes.items())}
        )
    return parcel


def _event(target: PublishStub) -> list[Call | Code]:
    """What only a bus wants to know."""
    if target.kind is not ChannelKind.BUS:
        return []
    if target.event_source is None:
        raise ValueError(f"bus {target.channel!r} needs an event source")
    detail_type = literal(target.detail_type or target.message)
    return [record({"source": literal(target.event_source), "detailType": detail_type})]


def _identifier(by: Path | Constant) -> Call | Code:
    """A group or a key: a value of the message, or a constant."""
    return literal(by.text) if isinstance(by, Constant) else call("identifier", Code("message"), _path(by.path))


def _value_at(path: str) -> Call:
    return call("valueAt", Code("message"), _path(path))


def _path(path: str) -> Call:
    return strings(path.split("."))
