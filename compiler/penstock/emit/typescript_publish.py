"""What the template of ``publish.ts`` shows: one function per message and channel, and one for all of a message."""

from collections.abc import Iterator, Mapping

from penstock.emit.python_code import Call, Code, call, pascal
from penstock.emit.python_types import ChannelKind, Constant, FunctionStub, MessageStub, Path, PublishStub
from penstock.emit.sendings import ONE_BY_ONE, batch_names, publish_names, sendings
from penstock.emit.typescript_code import camel, comment, imports, literal, record, statement, strings
from penstock.plan.names import environment_name
from penstock.records import NamedTuple

LIB = "../../lib"
BODY = 4


def typescript_name(verb: str, text: str) -> str:
    """``handle`` and ``order-placed`` as ``handleOrderPlaced``."""
    return camel(verb) + pascal(text)


def published(stub: FunctionStub) -> dict[str, list[str]]:
    """The names of the functions that send, by message."""
    return publish_names(stub, typescript_name, "To")


def several(stub: FunctionStub) -> dict[str, list[str]]:
    """The names of the functions that send many, by message."""
    return batch_names(stub, typescript_name, "To", "Batch")


def publish_view(stub: FunctionStub, class_of: Mapping[str, str]) -> dict[str, object]:
    """The values for the template ``publish.ts.j2``."""
    return {
        "imports": imports(_imports(stub, class_of)),
        "many": bool(several(stub)),
        "functions": list(_functions(stub, class_of)),
    }


def _imports(stub: FunctionStub, class_of: Mapping[str, str]) -> dict[str, list[str]]:
    sent = stub.publishes
    names = sorted({class_of[each.message] for each in sent})
    found = {"./messages.js": [word for name in names for word in (f"type {name}", f"read{name}")]}
    senders = {_sender(each) for each in sent if each.kind is not ChannelKind.SAGA}
    if any(isinstance(by, Path) for each in sent for by in (each.group_by, each.deduplicate_by)):
        senders.add("identifier")
    if senders:
        found[f"{LIB}/senders.js"] = sorted(senders)
    if many := several(stub):
        found[f"{LIB}/batches.js"] = sorted({f"{_sender(each)}Batch" for each in sent if each.message in many})
    if any(each.kind is ChannelKind.SAGA for each in sent):
        found[f"{LIB}/starting.js"] = ["toSaga"]
    if any(each.attributes for each in sent):
        found[f"{LIB}/outcomes.js"] = ["valueAt"]
    if any(stub.message(each.message).offload for each in sent):
        found[f"{LIB}/payloads.js"] = ["kept"]
    return found


def _sender(target: PublishStub) -> str:
    return f"to{target.kind.value.title()}"


def _functions(stub: FunctionStub, class_of: Mapping[str, str]) -> Iterator[dict[str, object]]:
    for each in sendings(stub, published(stub), several(stub)):
        given = _Given(class_of[each.message], stub.message(each.message))
        for one in each.channels:
            yield from _of_channel(one.name, one.many, one.target, given)
        if each.name:
            calls = [statement("await ", call(one.name, Code("message")), BODY) for one in each.channels]
            yield _function(each.name, given.one, ONE_BY_ONE, calls)
        if each.many:
            calls = [statement("await ", call(one.many or "", Code("messages")), BODY) for one in each.channels]
            yield _function(each.many, given.many, ONE_BY_ONE, calls)


class _Given(NamedTuple):
    """The type of a message, and its contract."""

    type_name: str
    message: MessageStub

    @property
    def one(self) -> Code:
        """The parameter of a function that sends one."""
        return Code(f"message: {self.type_name}")

    @property
    def many(self) -> Code:
        """The parameter of a function that sends many."""
        return Code(f"messages: readonly {self.type_name}[]")


def _of_channel(name: str, batch: str | None, target: PublishStub, given: _Given) -> Iterator[dict[str, object]]:
    """What makes a parcel of a message, what sends one, and what sends many."""
    made = f"parcelOf{name.removeprefix('publish')}"
    where = f"{target.kind.value} '{target.channel}'"
    later = given.message.offload is not None
    variable = literal(environment_name(target.kind.value, target.channel))
    kind = "async function" if later else "function"
    yield _function(made, given.one, f"What is sent to {where}", list(_made(target, given)), kind)
    parcel = Code(f"await {made}(message)" if later else f"{made}(message)")
    sent = call(f"await {_sender(target)}", variable, parcel, *_event(target))
    yield _function(name, given.one, f"Send to {where}", [statement("", sent, BODY)])
    if batch:
        parcels = Code(f"await Promise.all(messages.map({made}))" if later else f"messages.map({made})")
        in_order = [literal(value=True)] if target.ordered else []
        sent = call(f"await {_sender(target)}Batch", variable, Code("parcels"), *_event(target), *in_order)
        lines = [statement("const parcels = ", parcels, BODY), statement("", sent, BODY)]
        kept = ", each group in order" if target.ordered else ""
        yield _function(batch, given.many, f"Send many to {where}{kept}", lines)


def _function(name: str, parameter: Code, first: str, lines: list[Code], local: str = "") -> dict[str, object]:
    """A function that others call, or one that they do not, with the word that begins it."""
    start, result = (local, "") if local else ("export async function", ": Promise<void>")
    signature = Call(f"{start} {name}(", call("", parameter).arguments, f"){result} {{")
    return {"signature": statement("", signature, end=""), "comment": comment(first), "lines": lines}


def _made(target: PublishStub, given: _Given) -> Iterator[Code]:
    """What checks a message and makes a parcel of it."""
    message = given.message
    yield statement("", call(f"read{given.type_name}", Code("message")), BODY)
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
    yield statement("return ", record(_parcel(target, data)), BODY)


def _parcel(target: PublishStub, data: str) -> dict[str, Call | Code]:
    parcel: dict[str, Call | Code] = {"message": literal(target.message), "data": Code(data)}
    if target.max_bytes is not None:
        parcel["maxBytes"] = literal(target.max_bytes)
    if target.group_by is not None:
        parcel["group"] = identifier(target.group_by)
    if target.deduplicate_by is not None:
        parcel["deduplication"] = identifier(target.deduplicate_by)
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


def identifier(by: Path | Constant) -> Call | Code:
    """A group or a key: a value of the message, or a constant."""
    return literal(by.text) if isinstance(by, Constant) else call("identifier", Code("message"), _path(by.path))


def _value_at(path: str) -> Call:
    return call("valueAt", Code("message"), _path(path))


def _path(path: str) -> Call:
    return strings(path.split("."))
