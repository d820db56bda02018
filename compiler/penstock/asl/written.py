"""A definition in the Amazon States Language that somebody else wrote: its states, what its tasks call, and what AWS would refuse in it.

Nothing is taken for granted of the data: they are whatever stands in a file.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from penstock.asl.saga import EXPRESS_LIMIT, STANDARD_LIMIT
from penstock.model.origin import Origin, Place
from penstock.records import NamedTuple, record

Route = tuple[str | int, ...]
JSON = Any
TYPES = ("Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map")
MEMBER = re.compile(r"\$\{([^{}]+)\}")
"""A text that stands for the address of a component."""
CALLBACK, SYNC, ACTIVITY = "waitForTaskToken", "sync", "activity"
_INTEGRATION = re.compile(r"arn:[^:]*:states:::(.+)")
_NAME = re.compile(r"(?:[a-z][a-z0-9-]*/)?[a-z][a-z0-9-]{0,62}")
_ENDING = frozenset({"Succeed", "Fail", "Choice"})
_SDK = {"eventbridge": "events", "sfn": "states"}
_KEYS = {
    "lambda:invoke": "FunctionName",
    "sqs:sendMessage": "QueueUrl",
    "sns:publish": "TopicArn",
    "states:startExecution": "StateMachineArn",
}
"""The argument with the address of what a task calls. Events say it one by one."""
_EVENTS = "events:putEvents"
_KNOWN = ", ".join([*_KEYS, _EVENTS])


class Problem(NamedTuple):
    """What AWS or this compiler cannot take, and what to do."""

    place: Place
    text: str
    help: str


class Address(NamedTuple):
    """A name that a task calls: where it stands, below ``origin`` at ``key`` and from the definition's root (``route``).

    ``message`` is what it sends there, and ``arguments`` are what stands beside the name.
    """

    name: str
    origin: Origin
    key: str
    route: Route
    message: str | None = None
    arguments: Mapping[str, JSON] = {}


@record
class State:
    """A state as it was written, at any depth. ``jsonpath`` is its query language.

    ``express`` says that it stands in a Map which runs its items as express workflows.
    """

    name: str
    data: Mapping[str, JSON]
    origin: Origin
    route: Route
    jsonpath: bool
    express: bool

    @property
    def type(self) -> str:
        """The kind of state."""
        return str(self.data.get("Type"))

    def all_of(self, key: str) -> Iterator[tuple[int, Mapping[str, JSON]]]:
        """The mappings of a list, ``Retry`` or ``Catch``, with their numbers."""
        said = self.data.get(key)
        items = said if isinstance(said, list) else []
        yield from ((number, item) for number, item in enumerate(items) if isinstance(item, Mapping))

    def at(self, *path: str | int) -> Place:
        """A place in it."""
        return Place(self.origin, path)


@record
class Task(State):
    """A state that calls something: by an ``action`` of AWS's integrations, and it waits for an answer (``pattern``) or for none."""

    action: str
    pattern: str
    calls: tuple[Address, ...] = ()

    @property
    def waits_for_callback(self) -> bool:
        """Whether somebody must send the task's token back."""
        return self.pattern == CALLBACK

    @property
    def attempts(self) -> int:
        """How often it is tried at most: each retrier counts by itself."""
        counts = [item.get("MaxAttempts", 3) for _, item in self.all_of("Retry")]
        return 1 + sum(count for count in counts if isinstance(count, int))


@record
class Written:
    """A definition. ``named`` are the names in it that are no calls, with their routes."""

    data: Mapping[str, JSON]
    origin: Origin
    states: tuple[State, ...] = ()
    problems: tuple[Problem, ...] = ()
    named: Mapping[Route, str] = {}

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The states that call something."""
        return tuple(state for state in self.states if isinstance(state, Task))

    def lasts(self, *, express: bool) -> int:
        """The most seconds that an execution takes."""
        limit = EXPRESS_LIMIT if express else STANDARD_LIMIT
        said = self.data.get("TimeoutSeconds")
        return min(said, limit) if isinstance(said, int) and said > 0 else limit


def read(data: Mapping[str, JSON], origin: Origin) -> Written:
    """The definition that stands in ``data``."""
    reader = Reader(origin)
    states = tuple(reader.machine(data, (), jsonpath=data.get("QueryLanguage") != "JSONata"))
    reader.check_entered()
    called = {address.route for state in states if isinstance(state, Task) for address in state.calls}
    named = {route: name for route, name in _members(data, ()) if route not in called}
    return Written(data=data, origin=origin, states=states, problems=tuple(reader.problems), named=named)


def _members(value: JSON, route: Route) -> Iterator[tuple[Route, str]]:
    if isinstance(value, str):
        if found := MEMBER.fullmatch(value):
            yield route, found[1]
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _members(inner, (*route, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _members(inner, (*route, number))


class Reader:
    """Reads a definition in which texts name the components that are called; whoever has other names says so in ``called``."""

    def __init__(self, origin: Origin) -> None:
        """Nothing is read yet; ``origin`` is where the definition stands."""
        self.origin = origin
        self.problems: list[Problem] = []
        self.names: dict[str, Route] = {}
        self.entered: set[str] = set()

    def machine(
        self, data: Mapping[str, JSON], route: Route, *, jsonpath: bool, express: bool = False
    ) -> Iterator[State]:
        """The states of a definition, a branch or an item's processor."""
        states = data.get("States")
        if not isinstance(states, Mapping) or not states:
            self._tell(route, "the definition has no `States`", "write at least one state")
            return
        self._leads((*route, "StartAt"), data.get("StartAt"), states, "begins")
        for name, state in states.items():
            below = (*route, "States", name)
            if not isinstance(state, Mapping) or state.get("Type") not in TYPES:
                self._tell(
                    below, f"state {name!r} is none that Step Functions has", f"its `Type` is one of {', '.join(TYPES)}"
                )
                continue
            if name in self.names:
                self._tell(
                    below,
                    f"two states have the name {name!r}",
                    "give one of them another name: also in branches it is taken",
                )
            self.names[name] = below
            own = state.get("QueryLanguage") != "JSONata" if "QueryLanguage" in state else jsonpath
            yield self._state(name, state, below, jsonpath=own, express=express)
            self.check_transitions(name, state, below, states)
            for inner, place in _inside(state):
                if isinstance(inner, Mapping):
                    apart = express or _runs_express(inner)
                    yield from self.machine(inner, below + place, jsonpath=jsonpath, express=apart)
                else:
                    self._tell(
                        below,
                        f"state {name!r} does not say what runs in it",
                        "a Parallel has `Branches`, a Map an `ItemProcessor`",
                    )

    def check_entered(self) -> None:
        """Every state is one that another leads to; where something else is wrong that comes first."""
        for name, route in self.names.items() if not self.problems else ():
            if name not in self.entered:
                self._tell(route, f"nothing leads to state {name!r}", "lead to it, or remove it")

    def _tell(self, route: Route, text: str, help_: str) -> None:
        self.problems.append(Problem(Place(self.origin, route), text, help_))

    def _leads(self, route: Route, name: JSON, states: Mapping[str, JSON], how: str) -> None:
        if not isinstance(name, str) or name not in states:
            shown = f"state {name!r}, which is not there" if name is not None else "no state"
            self._tell(route, f"it {how} with {shown}", f"there are {', '.join(map(repr, states))}")
        else:
            self.entered.add(name)

    def check_transitions(self, name: str, state: Mapping[str, JSON], route: Route, states: Mapping[str, JSON]) -> None:
        """Every way from a state leads to one beside it, or ends."""
        how = f"goes on behind state {name!r}"
        if state["Type"] not in _ENDING and ("Next" in state) == (state.get("End") is True):
            self._tell(
                route, f"state {name!r} does not say what follows it", "give it `Next` or `End: true`, one of them"
            )
        for key in ("Next", "Default"):
            if key in state:
                self._leads((*route, key), state[key], states, how)
        for key in ("Choices", "Catch"):
            said = state.get(key, [])
            for number, one in enumerate(said if isinstance(said, list) else [None]):
                next_ = one.get("Next") if isinstance(one, Mapping) else None
                self._leads((*route, key, number), next_, states, how)
        if state["Type"] == "Choice" and not state.get("Choices"):
            self._tell(route, f"state {name!r} has nothing to choose from", "give it `Choices`")

    def _state(self, name: str, state: Mapping[str, JSON], route: Route, *, jsonpath: bool, express: bool) -> State:
        origin = self.origin.child(*route)
        if state["Type"] != "Task":
            return State(name=name, data=state, origin=origin, route=route, jsonpath=jsonpath, express=express)
        action, pattern, calls = self.called(name, state, route)
        return Task(
            name=name,
            data=state,
            origin=origin,
            route=route,
            jsonpath=jsonpath,
            express=express,
            action=action,
            pattern=pattern,
            calls=calls,
        )

    def called(self, name: str, state: Mapping[str, JSON], route: Route) -> tuple[str, str, tuple[Address, ...]]:
        """What a task calls: by which integration, how it waits, and the names of who is called."""
        action, pattern = integration(state.get("Resource"))
        return action, pattern, tuple(self._calls(name, state, route, action))

    def _calls(self, name: str, state: Mapping[str, JSON], route: Route, action: str) -> Iterator[Address]:
        if action == "":
            yield from self._address(name, state, route, "Resource")
            return
        key = next((each for each in ("Arguments", "Parameters") if isinstance(state.get(each), Mapping)), "Parameters")
        given, below = state.get(key), (*route, key)
        given = given if isinstance(given, Mapping) else {}
        if action == _EVENTS:
            entries = given.get("Entries")
            if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
                self._tell(below, f"state {name!r} does not say which events it sends", "list them under `Entries`")
                return
            for number, entry in enumerate(entries):
                at = (*below, "Entries", number)
                yield from self._sent(name, entry, at, "EventBusName", entry.get("DetailType"))
        elif action in _KEYS and action.partition(":")[0] in {"sqs", "sns"}:
            yield from self._sent(name, given, below, _KEYS[action], _named_message(given))
        elif action in _KEYS:
            yield from self._address(name, given, below, _KEYS[action])
        else:
            text = f"state {name!r} calls {action!r}, for which the role would get no permission"
            self._tell((*route, "Resource"), text, f"known are {_KNOWN}; let a function do anything else")

    def _sent(self, state: str, given: Mapping[str, JSON], route: Route, key: str, message: JSON) -> Iterator[Address]:
        """What a message is sent to; who reads it must know which it is."""
        if not isinstance(message, str) or "{%" in message:
            text = f"state {state!r} does not say which message it sends"
            where = "as `DetailType`" if key == "EventBusName" else "as the attribute `message` in `MessageAttributes`"
            self._tell(route, text, f"write its name {where}")
            return
        for address in self._address(state, given, route, key):
            yield address._replace(message=message)

    def _address(self, state: str, given: Mapping[str, JSON], route: Route, key: str) -> Iterator[Address]:
        said = given.get(key)
        found = MEMBER.fullmatch(said) if isinstance(said, str) else None
        name = found[1] if found else said
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            text = f"state {state!r} does not call a component of this topology"
            self._tell((*route, key), text, f"name it as `{key}`; what others own is declared with `existing`")
            return
        yield Address(name, self.origin.child(*route), key, (*route, key), arguments=given)


def integration(resource: JSON) -> tuple[str, str]:
    """A task's integration and how it waits; no integration is a function's address."""
    found = _INTEGRATION.fullmatch(resource) if isinstance(resource, str) else None
    if found is None:
        return "", ""
    action, _, pattern = found[1].partition(".")
    if action.startswith("aws-sdk:"):
        service, _, call = action.removeprefix("aws-sdk:").partition(":")
        action = f"{_SDK.get(service, service)}:{call}"
    return action, SYNC if pattern.startswith(SYNC) else pattern


def _named_message(given: JSON) -> JSON:
    """The attribute that names a message."""
    for key in ("MessageAttributes", "message", "StringValue"):
        given = given.get(key) if isinstance(given, Mapping) else None
    return given


def _runs_express(processor: Mapping[str, JSON]) -> bool:
    """Whether the items of a Map are workflows of their own, and express ones."""
    config = processor.get("ProcessorConfig")
    return isinstance(config, Mapping) and config.get("ExecutionType") == "EXPRESS"


def _inside(state: Mapping[str, JSON]) -> Iterator[tuple[JSON, Route]]:
    """The definitions inside of a state, with their places."""
    if state["Type"] == "Parallel":
        said = state.get("Branches")
        branches: Sequence[JSON] = said if isinstance(said, list) and said else [None]
        yield from ((branch, ("Branches", number)) for number, branch in enumerate(branches))
    elif state["Type"] == "Map":
        key = "Iterator" if "Iterator" in state else "ItemProcessor"
        yield state.get(key), (key,)
