"""What the template of ``handler.py`` shows of the wiring of one function."""

from collections.abc import Iterator, Mapping, Sequence

from penstock.emit.python_code import (
    Call,
    Code,
    bracket,
    call,
    docstring,
    literal,
    statement,
    strings,
)
from penstock.emit.python_imports import imports, sections
from penstock.emit.python_types import (
    DirectStub,
    PoisonStub,
    SourceStub,
    StreamStub,
)
from penstock.emit.wiring import Wiring, channel_of, promised
from penstock.plan.names import environment_name

POWERTOOLS = "aws_lambda_powertools.utilities"


def handler_view(wired: Wiring) -> dict[str, object]:
    """The values for the template ``handler.py.j2``."""
    return {
        "module_docstring": docstring(f"Entry point of function {wired.stub.name}", [promised(wired.stub)], 0),
        "imports": sections(_imports(wired)),
        "own_imports": imports(_own_imports(wired) | ({"fetching": ("fetched",)} if wired.fetches else {})),
        "once": _once(wired),
        "handling": wired.handles,
        "handles": [_handle(wired, name) for name in wired.handle_of],
        "tables": Code("\n".join(_tables(wired))),
        "body": list(_body(wired)),
    }


def _imports(wired: Wiring) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {"typing": ("Any",)}
    if (wired.once and wired.consumes) or len(wired.stub.sources) > 1 or len(wired.stub.streams) > 1:
        found["os"] = ()
    if wired.handles:
        found["collections.abc"] = ("Callable",)
    if wired.once and wired.handle_of:
        found["functools"] = ("partial",)
    if wired.once and wired.consumes:
        found[f"{POWERTOOLS}.idempotency"] = ("DynamoDBPersistenceLayer",)
    return found


def _own_imports(wired: Wiring) -> dict[str, tuple[str, ...]]:
    needs_module = wired.handle_of or wired.step_of or not wired.consumes
    found: dict[str, tuple[str, ...]] = {wired.module: ()} if needs_module else {}
    if wired.step_of:
        found["steps"] = ("CLIENT", "Results", "stepped") if wired.once else ("stepped",)
        found["outcomes"] = ("flush",)
    if wired.stub.poisons:
        found["poison"] = ("DeadLetters",)
    return found | _handling(wired) if wired.handles else found


def _handling(wired: Wiring) -> dict[str, tuple[str, ...]]:
    """What is imported to handle messages."""
    found: dict[str, tuple[str, ...]] = {}
    keys = {wired.key_of(name) for name in wired.handle_of}
    outcomes = ["Sighting", "flush"] if wired.once or not wired.handle_of else ["HANDLED", "Sighting", "flush"]
    if wired.stub.guards:
        outcomes.append("DUPLICATE")
        found["copies"] = ("Duplicate",)
    if keys - {None}:
        outcomes.append("key_at" if wired.once or wired.hands_key else "key_or_none")
    found["outcomes"] = tuple(outcomes)
    if wired.handle_of:
        found["messages"] = tuple(wired.class_of[name] for name in wired.handle_of)
    if wired.stub.sources:
        found["deliveries"] = ("consume",)
        found["envelopes"] = ("Source",)
    if wired.stub.streams:
        others = wired.stub.sources or wired.stub.directs or wired.stub.invocations
        several = ("stream_arn",) if len(wired.stub.streams) > 1 else ()
        found["streams"] = ("Stream", *(("is_stream",) if others else ()), "read", *several)
    if wired.stub.directs:
        told_apart = wired.stub.sources or wired.stub.invocations
        found["invocations"] = ("Channel", "accept", *(("is_direct",) if told_apart else ()))
    if wired.stub.apis:
        found["routes"] = ("answer",)
    if wired.stub.invocations:
        found["calls"] = ("invoked",)
    if wired.once:
        found["repeats"] = ("Once",) if wired.step_of else ("CLIENT", "Once")
    return found


def _once(wired: Wiring) -> Code:
    """The declared table as Powertools' store. Keys carry the function's name, because functions may share a table."""
    declared = wired.stub.idempotency
    if not wired.once or not wired.consumes:
        return Code("")
    if declared.store is None or declared.ttl_s is None:
        raise ValueError(f"function {wired.stub.name!r} has a table strategy without a store and a time to live")
    attributes = {"key_attr": literal(declared.key_attribute)}
    if declared.sort_key_attribute:
        attributes["sort_key_attr"] = literal(declared.sort_key_attribute)
        attributes["static_pk_value"] = literal(f"{wired.stub.topology}/{wired.stub.name}")
    if declared.expiry_attribute:
        attributes["expiry_attr"] = literal(declared.expiry_attribute)
    table = Code(f"os.environ[{literal(environment_name('store', declared.store))}]")
    store = call("DynamoDBPersistenceLayer", table_name=table, **attributes, boto_config=Code("CLIENT"))
    prefix = literal(f"{wired.stub.topology}/{wired.stub.name}")
    seconds = literal(int(declared.ttl_s))
    made = []
    if wired.handles:
        made.append(statement("ONCE = ", call("Once", store, seconds=seconds, prefix=prefix), 0))
    if wired.step_of:
        made.append(statement("RESULTS = ", call("Results", store, seconds=seconds, prefix=prefix), 0))
    return Code("\n".join(made))


def _handle(wired: Wiring, message: str) -> dict[str, object]:
    return {
        "name": Code(f"_on{wired.handle_of[message].removeprefix('handle')}"),
        "class": Code(wired.class_of[message]),
        "before": list(_brought_back(wired, message)),
        "lines": list(_handle_lines(wired, message)),
    }


def _brought_back(wired: Wiring, message: str) -> Iterator[Code]:
    """What reads a payload back that was kept in a bucket."""
    if kept := wired.kept(message):
        store = literal(environment_name("store", kept.store))
        yield statement("data = ", call("fetched", Code("data"), message=literal(message), store=store), 4)


def _handle_lines(wired: Wiring, message: str) -> Iterator[Code]:
    """The lines after the message was read: its key, and the call of the team's function."""
    target = f"{wired.module}.{wired.handle_of[message]}"
    path = wired.key_of(message)
    token = {"task_token": Code("sighting.task_token")} if wired.stub.resumes else {}
    if wired.once or wired.hands_key:
        yield statement("sighting.key = key = ", call("key_at", Code("data"), strings(path or ())), 4)
    elif path:
        yield statement("sighting.key = ", call("key_or_none", Code("data"), strings(path)), 4)
    yield Code("sighting.accepted = True")
    if wired.once:
        yield statement("work = ", call("partial", Code(target), Code("message"), **token), 4)
        identity = Code(f"{literal(f'{message}#')} + key")
        yield statement("return ", call("ONCE.do", identity, Code("work")), 4)
        return
    if wired.hands_key:
        yield Code("try:")
        named = token | {"idempotency_key": Code("key")}
        yield statement("    ", call(target, Code("message"), **named), 4)
        yield Code("except Duplicate:")
        yield Code("    return DUPLICATE")
    else:
        yield statement("", call(target, Code("message"), **token), 4)
    yield Code("return HANDLED")


def _tables(wired: Wiring) -> Iterator[str]:
    """What the handler looks things up in: code by message, messages by route, sources by ARN."""
    if wired.step_of:
        yield from _step_table(wired)
    if not wired.handles:
        return
    handles = [Code(f"{literal(name)}: _on{handle.removeprefix('handle')}") for name, handle in wired.handle_of.items()]
    yield statement("HANDLES: dict[str, Callable[[object, Sighting], str]] = ", bracket("{", "}", handles), 0)
    sources = wired.stub.sources
    if len(sources) == 1:
        yield statement("SOURCE = ", _source(sources[0]), 0)
    elif sources:
        yield statement("SOURCES = ", call("dict", bracket("[", "]", map(_source_item, sources))), 0)
    yield from _stream_tables(wired.stub.streams)
    if wired.stub.directs:
        yield statement("CHANNEL = ", _channel(wired.stub.directs), 0)
    if wired.stub.apis:
        routes = [Code(f"{literal(api.route)}: {literal(api.message)}") for api in wired.stub.apis]
        yield statement("ROUTES = ", bracket("{", "}", routes), 0)


def _step_table(wired: Wiring) -> Iterator[str]:
    for table, undoes in (("STEPS", False), ("UNDOES", True)):
        steps = [
            Code(f"({literal(each.saga)}, {literal(each.step)}): {wired.module}.{name}")
            for each, name in wired.step_of.items()
            if each.undoes is undoes
        ]
        yield statement(f"{table}: dict[tuple[str, str], Any] = ", bracket("{", "}", steps), 0)


def _stream_tables(streams: Sequence[StreamStub]) -> Iterator[str]:
    if len(streams) == 1:
        yield statement("STREAM = ", _stream(streams[0]), 0)
    elif streams:
        items = [bracket("(", ")", [_source_arn(stream.stream), _stream(stream)]) for stream in streams]
        yield statement("STREAMS = ", call("dict", bracket("[", "]", items)), 0)


def _stream(stream: StreamStub) -> Call:
    given: dict[str, Call | Code] = {
        "stream": literal(stream.stream),
        **({"image": literal(stream.image)} if stream.image else {}),
        "partial_failures": literal(stream.partial_failures),
        "messages": strings(stream.messages),
    }
    return call("Stream", **given, **_dead_letters(stream.poison))


def _source_arn(name: str) -> Code:
    return Code(f"os.environ[{literal(environment_name('source', name))}]")


def _source_item(source: SourceStub) -> Call:
    return bracket("(", ")", [_source_arn(source.queue), _source(source)])


def _source(source: SourceStub) -> Call:
    given: dict[str, Call | Code] = {
        "queue": literal(source.queue),
        "fifo": literal(source.fifo),
        "partial_failures": literal(source.partial_failures),
        "messages": strings(source.messages),
        "envelopes": strings(envelope.value for envelope in source.envelopes),
    }
    return call("Source", **given, **_pairs("detail_types", source.detail_types), **_dead_letters(source.poison))


def _dead_letters(poison: PoisonStub | None) -> dict[str, Call]:
    if poison is None:
        return {}
    variable = literal(environment_name("queue", poison.queue))
    return {"dead_letters": call("DeadLetters", variable=variable, max_bytes=literal(poison.max_bytes))}


def _channel(directs: Sequence[DirectStub]) -> Call:
    channel = channel_of(directs)
    given: dict[str, Call | Code] = {"where": literal(channel.where), "messages": strings(channel.messages)}
    if channel.wrapped:
        given["wrapped"] = literal(value=True)
    return call("Channel", **given, **_pairs("detail_types", channel.detail_types), **_dead_letters(channel.poison))


def _pairs(argument: str, pairs: Mapping[str, str]) -> dict[str, Call]:
    shown = [Code(f"{literal(key)}: {literal(name)}") for key, name in sorted(pairs.items())]
    return {argument: bracket("{", "}", shown)} if shown else {}


def _body(wired: Wiring) -> Iterator[Code]:
    """The body of ``handler``; metrics are written whatever happens."""
    if not wired.consumes:
        yield statement("return ", Code(f"{wired.module}.run(event)"), 4)
        return
    if wired.once and wired.handles:
        yield Code("ONCE.begin(context)")
    if wired.once and wired.step_of:
        yield Code("RESULTS.begin(context)")
    yield Code("try:")
    *guarded, (_, last) = _ways(wired)
    for condition, line in guarded:
        yield Code(f"    if {condition}:")
        yield Code(f"        {line}")
    yield Code(f"    {last}")
    yield Code("finally:")
    yield Code("    flush()")


def _ways(wired: Wiring) -> Iterator[tuple[str, str | Code]]:
    """How an event can come in, each with what tells it and what is done; with one way left there is nothing to tell."""
    stub = wired.stub
    if stub.steps:
        results = ", RESULTS" if wired.once else ""
        yield '"step" in event', f"return stepped(event, STEPS, UNDOES{results})"
    if stub.apis:
        yield '"httpMethod" in event', "return answer(event, ROUTES, _handle)"
    if stub.streams:
        stream = "STREAM" if len(stub.streams) == 1 else "STREAMS[stream_arn(event)]"
        yield "is_stream(event)", f"return read(event, {stream}, _handle)"
    if stub.directs:
        yield "is_direct(event)", "return accept(event, CHANNEL, _handle)"
    if stub.invocations:
        yield '"Records" not in event', _invoked(wired)
    if stub.sources:
        source = "SOURCE" if len(stub.sources) == 1 else 'SOURCES[event["Records"][0]["eventSourceARN"]]'
        yield "", f"return consume(event, {source}, _handle)"


def _invoked(wired: Wiring) -> Code:
    """Several messages are told apart by nothing, so all senders that invoke the function send one."""
    return Code(f"return invoked(event, {literal(wired.stub.invocations[0].message)}, _handle)")
