"""How one function is wired, in whatever language it is written: what comes to it, by which names, and what it needs to know."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from penstock.emit.python_code import Names, python_name
from penstock.emit.python_promises import direct_promises, promises, stream_promises
from penstock.emit.python_types import (
    DirectStub,
    EnvironmentVariable,
    FunctionStub,
    OffloadStub,
    PoisonStub,
    RowStub,
    StepStub,
    Strategy,
)
from penstock.plan.names import environment_name
from penstock.records import NamedTuple


@dataclass(frozen=True, slots=True)
class Wiring:
    """A function, its team's module, and the class and the function's name for each message that it handles."""

    stub: FunctionStub
    module: str
    class_of: Mapping[str, str]
    handle_of: Mapping[str, str]
    step_of: Mapping[StepStub, str] = field(default_factory=dict)

    @property
    def once(self) -> bool:
        """Whether a table remembers what was done."""
        return self.stub.idempotency.strategy is Strategy.TABLE

    @property
    def hands_key(self) -> bool:
        """Whether the team's function gets the key, because the safeguard is its own to build."""
        return self.stub.idempotency.by_team

    @property
    def handles(self) -> bool:
        """Whether messages arrive."""
        stub = self.stub
        return bool(stub.sources or stub.streams or stub.directs or stub.apis or stub.invocations)

    @property
    def consumes(self) -> bool:
        """Whether messages arrive, or steps of sagas; otherwise the function only sends."""
        return self.handles or bool(self.stub.steps)

    @property
    def fetches(self) -> bool:
        """Whether payloads may have to be read back from a bucket."""
        return any(self.kept(name) for name in self.handle_of)

    def kept(self, message: str) -> OffloadStub | None:
        """The bucket that may have a message's payload; what an API or a schedule invokes with is the payload itself."""
        return self.stub.message(message).offload if message in self.stub.delivered else None

    def key_of(self, message: str) -> tuple[str, ...] | None:
        """The path of a message's idempotency key; None only where nothing needs it."""
        path = self.stub.idempotency.key or self.stub.message(message).idempotency_key
        if path is None and (self.once or self.hands_key):
            raise ValueError(f"function {self.stub.name!r} needs an idempotency key for message {message!r}")
        return tuple(path.split(".")) if path else None


def wiring(
    stub: FunctionStub, module: str, class_of: Mapping[str, str], named: Callable[[str, str], str] = python_name
) -> Wiring:
    """The names by which the generated handler and the team's file know each other; ``named`` joins a verb and what it is about."""
    names = Names()
    handle_of = {name: names.new(named("handle", name)) for name in stub.handled}
    steps = {each: names.new(named(_verb(each), each.step)) for each in dict.fromkeys(stub.steps)}
    return Wiring(stub, module, class_of, handle_of, steps)


def _verb(step: StepStub) -> str:
    return "undo" if step.undoes else "ask" if step.asks else "do"


class Channel(NamedTuple):
    """All that invokes a function directly, as one: an event of a bus does not say which bus it came from."""

    where: str
    messages: tuple[str, ...]
    wrapped: bool
    detail_types: Mapping[str, str]
    poison: PoisonStub | None


def channel_of(directs: Sequence[DirectStub]) -> Channel:
    """What invokes a function directly."""
    return Channel(
        " or ".join(dict.fromkeys(f"{direct.kind} {direct.name!r}" for direct in directs)),
        tuple(sorted({name for direct in directs for name in direct.messages})),
        any(direct.wrapped for direct in directs),
        {key: name for direct in directs for key, name in direct.detail_types.items()},
        next((direct.poison for direct in directs if direct.poison), None),
    )


def promised(stub: FunctionStub) -> Iterator[str]:
    """How all that delivers to a function does so."""
    for source in stub.sources:
        yield from promises(stub, source)
    for stream in stub.streams:
        yield from stream_promises(stub, stream)
    for direct in stub.directs:
        yield from direct_promises(stub, direct)


def environment(stub: FunctionStub) -> tuple[EnvironmentVariable, ...]:
    """The variables that the generated code reads."""
    wanted = [(each.kind.value, each.channel) for each in stub.publishes]
    wanted += [("store", each.store) for each in stub.rows if isinstance(each, RowStub)]
    if len(stub.sources) > 1:
        wanted += [("source", source.queue) for source in stub.sources]
    if len(stub.streams) > 1:
        wanted += [("source", stream.stream) for stream in stub.streams]
    wanted += [("queue", queue) for queue in stub.poisons]
    if stub.idempotency.strategy is Strategy.TABLE:
        wanted.append(("store", str(stub.idempotency.store)))
    wanted += [("store", kept.store) for kept in _kept(stub) if kept]
    return tuple(sorted({EnvironmentVariable(environment_name(kind, name), kind, name) for kind, name in wanted}))


def _kept(stub: FunctionStub) -> Iterator[OffloadStub | None]:
    """The buckets that the code puts payloads into, or reads them back from."""
    for name in {each.message for each in stub.publishes} | stub.delivered:
        yield stub.message(name).offload
