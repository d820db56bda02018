"""What the templates of ``handler.ts`` show: the wiring of one function."""

from collections.abc import Iterator, Mapping
from functools import reduce

from penstock.emit.python_code import Call, Code, bracket, call
from penstock.emit.python_types import PoisonStub, SourceStub, StreamStub
from penstock.emit.typescript_code import comment, imports, literal, pairs, record, statement, strings, with_one
from penstock.emit.wiring import Wiring, channel_of, promised
from penstock.plan.names import environment_name

LIB = "../../lib"
_SAID = {
    "idempotency_key": "idempotencyKey",
    "raises": "throws",
    "Raise ": "Throw ",
    "raise copies": "throw copies",
    "(cursor, ": "(client, ",
}
"""How the promises say in TypeScript what they say in Python."""


def handler_view(wired: Wiring) -> dict[str, object]:
    """The values for the template ``handler.ts.j2``."""
    return {
        "comment": comment(f"Entry point of function {wired.stub.name}", [map(in_typescript, promised(wired.stub))]),
        "imports": imports({module: names for module, names in _imports(wired).items() if names}),
        "constants": list(_constants(wired)),
        "handles": [_handle(wired, name) for name in wired.handle_of],
        "tables": list(_tables(wired)),
        "parameters": Code("event: unknown, context: LambdaContext" if _remembers(wired) else "event: unknown"),
        "body": list(_body(wired)),
    }


def in_typescript(line: str) -> str:
    """A sentence of the promises with the names that things have in TypeScript."""
    return reduce(lambda text, pair: text.replace(*pair), _SAID.items(), line)


def _remembers(wired: Wiring) -> bool:
    return wired.once and wired.consumes


def _imports(wired: Wiring) -> dict[str, list[str]]:
    stub = wired.stub
    several = len(stub.sources) > 1 or len(stub.streams) > 1
    written = bool(wired.handle_of or wired.step_of or not wired.consumes)
    return {
        f"{LIB}/outcomes.js": list(_outcomes(wired)),
        f"{LIB}/clients.js": ["needed"] if several else [],
        f"{LIB}/dispatching.js": ["among"] if several else [],
        f"{LIB}/payloads.js": ["fetched"] if wired.fetches else [],
        f"{LIB}/copies.js": ["unlessDuplicate"] if stub.guards else [],
        f"{LIB}/repeats.js": ["type LambdaContext", "Once"] if _remembers(wired) else [],
        f"{LIB}/steps.js": ["stepped", "type Works", *_told(wired, "isStep")] if stub.steps else [],
        f"{LIB}/routes.js": ["answer", *_told(wired, "isRequest")] if stub.apis else [],
        f"{LIB}/streams.js": list(_streams(wired)),
        f"{LIB}/invocations.js": list(_invocations(wired)),
        f"{LIB}/poison.js": ["DeadLetters"] if stub.poisons else [],
        f"{LIB}/deliveries.js": list(_deliveries(stub.sources)),
        "./messages.js": [f"read{wired.class_of[name]}" for name in wired.handle_of],
        wired.module: ["* as logic"] if written else [],
    }


def _told(wired: Wiring, name: str) -> Iterator[str]:
    """The name of what tells one way from others, if there are others."""
    *guarded, _ = _ways(wired)
    if any(condition.startswith(f"{name}(") for condition, _ in guarded):
        yield name


def _outcomes(wired: Wiring) -> Iterator[str]:
    if wired.consumes:
        yield "Outcomes"
    if wired.handles:
        yield "type Handles"
    if wired.handle_of:
        yield from ("type Outcome", "type Sighting")
        keys = {wired.key_of(name) for name in wired.handle_of}
        if keys - {None}:
            yield "keyAt" if wired.once or wired.hands_key else "keyOrNone"


def _streams(wired: Wiring) -> Iterator[str]:
    stub = wired.stub
    if stub.streams:
        yield from ("read", "type Stream")
        yield from _told(wired, "isStream")
        if len(stub.streams) > 1:
            yield "streamArn"


def _invocations(wired: Wiring) -> Iterator[str]:
    stub = wired.stub
    if stub.directs:
        yield from ("accept", "type Channel")
        yield from _told(wired, "isDirect")
    if stub.invocations:
        yield "invoked"
        yield from _told(wired, "isPayload")


def _deliveries(sources: tuple[SourceStub, ...]) -> Iterator[str]:
    if sources:
        yield from ("consume", "type Source")
        if len(sources) > 1:
            yield "queueArn"


def _constants(wired: Wiring) -> Iterator[Code]:
    stub = wired.stub
    if wired.consumes:
        named = call("new Outcomes", literal(stub.topology), literal(stub.name))
        yield statement("const OUTCOMES = ", named)
    if not _remembers(wired):
        return
    declared = stub.idempotency
    if declared.store is None or declared.ttl_s is None:
        raise ValueError(f"function {stub.name!r} has a table strategy without a store and a time to live")
    store: dict[str, Call | Code] = {
        "variable": literal(environment_name("store", declared.store)),
        "seconds": literal(int(declared.ttl_s)),
        "prefix": literal(f"{stub.topology}/{stub.name}"),
        "key": literal(declared.key_attribute),
    }
    if declared.sort_key_attribute:
        store["sortKey"] = literal(declared.sort_key_attribute)
    if declared.expiry_attribute:
        store["expiry"] = literal(declared.expiry_attribute)
    yield statement("const ONCE = ", with_one("new Once", record(store)))


def _handle(wired: Wiring, message: str) -> dict[str, object]:
    return {"name": Code(_on(wired, message)), "lines": list(_lines(wired, message))}


def _on(wired: Wiring, message: str) -> str:
    return f"on{wired.handle_of[message].removeprefix('handle')}"


def _lines(wired: Wiring, message: str) -> Iterator[Code]:
    """How a message is read, its key found, and the team's function called."""
    data = Code("data")
    if kept := wired.kept(message):
        store = literal(environment_name("store", kept.store))
        where = record({"message": literal(message), "store": store})
        yield statement("const found = ", call("await fetched", data, where), 4)
        data = Code("found")
    yield statement("const message = ", call(f"read{wired.class_of[message]}", data), 4)
    path = wired.key_of(message)
    if wired.once or wired.hands_key:
        yield statement("const key = ", call("keyAt", data, strings(path or ())), 4)
        yield Code("sighting.key = key;")
    elif path:
        yield statement("sighting.key = ", call("keyOrNone", data, strings(path)), 4)
    yield Code("sighting.accepted = true;")
    given: dict[str, Call | Code] = {"taskToken": Code("sighting.taskToken")} if wired.stub.resumes else {}
    given |= {"idempotencyKey": Code("key")} if wired.hands_key else {}
    arguments = [Code("message"), *([record(given)] if given else [])]
    team = call(f"logic.{wired.handle_of[message]}", *arguments)
    if wired.once:
        identity = Code(f"{literal(f'{message}#')} + key")
        yield statement("return ", Call("ONCE.do(", call("", identity, _arrow(team)).arguments), 4)
        return
    if wired.hands_key:
        yield statement("return ", with_one("await unlessDuplicate", _arrow(team)), 4)
        return
    yield statement("await ", team, 4)
    yield Code('return "handled";')


def _arrow(made: Call) -> Call:
    return Call(f"() => {made.head}", made.arguments, made.closing)


def _tables(wired: Wiring) -> Iterator[Code]:
    """What the handler looks things up in: code by message, messages by route, sources by ARN."""
    stub = wired.stub
    if wired.step_of:
        for table, undoes in (("STEPS", False), ("UNDOES", True)):
            works: dict[str, Call | Code] = {
                f"{each.saga}/{each.step}": Code(f"logic.{name}")
                for each, name in wired.step_of.items()
                if each.undoes is undoes
            }
            yield statement(f"const {table}: Works = ", pairs(works))
    if not wired.handles:
        return
    yield statement("const HANDLES: Handles = ", pairs({name: Code(_on(wired, name)) for name in wired.handle_of}))
    if stub.sources:
        yield _table("SOURCE", "Source", [(each.queue, _source(each)) for each in stub.sources])
    if stub.streams:
        yield _table("STREAM", "Stream", [(each.stream, _stream(each)) for each in stub.streams])
    if stub.directs:
        yield statement("const CHANNEL: Channel = ", _channel(wired))
    if stub.apis:
        yield statement("const ROUTES = ", pairs({api.route: literal(api.message) for api in stub.apis}))


def _table(name: str, kind: str, found: list[tuple[str, Call | Code]]) -> Code:
    """One source, or several by their ARN."""
    if len(found) == 1:
        return statement(f"const {name}: {kind} = ", found[0][1])
    items = (
        bracket("[", "]", (call("needed", literal(environment_name("source", each))), value)) for each, value in found
    )
    return statement(f"const {name}S: ReadonlyMap<string, {kind}> = ", with_one("new Map", bracket("[", "]", items)))


def _source(source: SourceStub) -> Call | Code:
    return record(
        {
            "queue": literal(source.queue),
            "fifo": literal(source.fifo),
            "partialFailures": literal(source.partial_failures),
            "messages": strings(source.messages),
            "envelopes": strings(envelope.value for envelope in source.envelopes),
            **_types(source.detail_types),
            **_dead_letters(source.poison),
        }
    )


def _dead_letters(poison: PoisonStub | None) -> dict[str, Call]:
    if poison is None:
        return {}
    variable = literal(environment_name("queue", poison.queue))
    return {"deadLetters": call("new DeadLetters", variable, literal(poison.max_bytes))}


def _stream(stream: StreamStub) -> Call | Code:
    return record(
        {
            "stream": literal(stream.stream),
            **({"image": literal(stream.image)} if stream.image else {}),
            "partialFailures": literal(stream.partial_failures),
            "messages": strings(stream.messages),
            **_dead_letters(stream.poison),
        }
    )


def _channel(wired: Wiring) -> Call | Code:
    channel = channel_of(wired.stub.directs)
    return record(
        {
            "where": literal(channel.where.replace('"', "'")),
            "messages": strings(channel.messages),
            **({"wrapped": literal(value=True)} if channel.wrapped else {}),
            **_types(channel.detail_types),
            **_dead_letters(channel.poison),
        }
    )


def _types(detail_types: Mapping[str, str]) -> dict[str, Call]:
    found = {key: literal(name) for key, name in sorted(detail_types.items())}
    return {"detailTypes": pairs(found)} if found else {}


def _body(wired: Wiring) -> Iterator[Code]:
    """The body of ``handler``; metrics are written whatever happens."""
    if not wired.consumes:
        yield Code("return await logic.run(event);")
        return
    if _remembers(wired):
        yield Code("ONCE.begin(context);")
    yield Code("try {")
    *guarded, (_, last) = _ways(wired)
    for condition, line in guarded:
        yield Code(f"    if ({condition}) return await {line};")
    yield Code(f"    return await {last};")
    yield Code("} finally {")
    yield Code("    OUTCOMES.flush();")
    yield Code("}")


def _ways(wired: Wiring) -> Iterator[tuple[str, str]]:
    """How an event can come in, each with what tells it and what is done; with one way left there is nothing to tell."""
    stub = wired.stub
    if stub.steps:
        yield "isStep(event)", f"stepped(event, STEPS, UNDOES, OUTCOMES{', ONCE' if wired.once else ''})"
    if stub.apis:
        yield "isRequest(event)", "answer(event, ROUTES, HANDLES, OUTCOMES)"
    if stub.streams:
        stream = "STREAM" if len(stub.streams) == 1 else "among(STREAMS, streamArn(event))"
        yield "isStream(event)", f"read(event, {stream}, HANDLES, OUTCOMES)"
    if stub.directs:
        yield "isDirect(event)", "accept(event, CHANNEL, HANDLES, OUTCOMES)"
    if stub.invocations:
        yield "isPayload(event)", f"invoked(event, {literal(stub.invocations[0].message)}, HANDLES, OUTCOMES)"
    if stub.sources:
        source = "SOURCE" if len(stub.sources) == 1 else "among(SOURCES, queueArn(event))"
        yield "", f"consume(event, {source}, HANDLES, OUTCOMES)"
