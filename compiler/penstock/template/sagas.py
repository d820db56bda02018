"""State machines of a template as sagas whose definition was written elsewhere, with the places of their states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from penstock.asl.saga import Flow
from penstock.asl.written import ACTIVITY, Address, Reader, Route, Written, integration
from penstock.kinds.saga import Saga
from penstock.kinds.state_machine import calling
from penstock.records import NamedTuple
from penstock.source.text import Span
from penstock.template.channels import BUS, QUEUE, TOPIC
from penstock.template.machines import Definition, State, definition, is_express
from penstock.template.places import Origin
from penstock.template.sam import FUNCTION, MACHINE
from penstock.template.tasks import tasks_of
from penstock.template.translate import MESSAGE
from penstock.template.values import Items, Map, Spot, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from penstock.template.stacks import Resource
    from penstock.template.translate import Translation

_CALLED, _SENT = frozenset({FUNCTION, MACHINE}), frozenset({BUS, QUEUE, TOPIC})
_UNKNOWN = "unknown"
"""The action of a task of which only the deployment knows what it calls."""


def sagas(translation: Translation) -> Iterator[Saga]:
    """The state machines whose states are known."""
    found = []
    for machine in translation.directory.of(MACHINE):
        known = definition(machine, translation.world)
        if known is not None and known.said.part("States"):
            name = translation.name(translation.wanted("sagas", machine))
            translation.names[machine.stack, machine.id] = name
            found.append((machine, known, name))
    for machine, known, name in found:
        yield _saga(machine, known, name, translation)


def _saga(machine: Resource, known: Definition, name: str, translation: Translation) -> Saga:
    express = is_express(machine)
    if express is None:
        translation.draft.sampled = True
        express = translation.draft.high
    saga = Saga(
        name=name,
        origin=Origin(machine.spot),
        flow=Flow(name=name, steps=(), express=express),
        starter="",
        idempotency_key=None,
        log_retention=0,
        tracing=False,
    )
    origin = Within(known, machine.spot)
    reader = _Reader(origin, translation)
    jsonpath = written(known.said.get("QueryLanguage")) != "JSONata"
    states = tuple(reader.machine(known.said, (), jsonpath=jsonpath))
    return calling(saga, Written(data=known.said, origin=origin, states=states))


class _Reader(Reader):
    """Reads definitions in which references stand for what is called."""

    def __init__(self, origin: Within, translation: Translation) -> None:
        super().__init__(origin)
        self.translation = translation

    def check_transitions(self, name: str, state: Mapping[str, Any], route: Route, states: Mapping[str, Any]) -> None:
        """Whether every way leads somewhere CloudFormation's own linter says."""

    def called(self, name: str, state: Mapping[str, Any], route: Route) -> tuple[str, str, tuple[Address, ...]]:
        """See ``Reader.called``: a resource that is no integration is a function or an activity, or it is not known."""
        if not isinstance(state, Map):
            return _UNKNOWN, "", ()
        calls = []
        functions = False
        for task in tasks_of(
            State(name, state, Spot(state.document, None, state.document.root)), self.translation.directory
        ):
            functions = functions or task.target.type == FUNCTION
            target = self.translation.name_of(task.target)
            if target and task.target.type in _CALLED | _SENT:
                message = MESSAGE if task.target.type in _SENT else None
                origin = self.origin.child(*route, *task.path[:-1])
                calls.append(Address(target, origin, str(task.path[-1]), (*route, *task.path), message))
        said = written(state.get("Resource")) or ""
        action, pattern = integration(said)
        if action or functions or ":function:" in said:
            return action, pattern, tuple(calls)
        found = self.translation.directory.find(state.get("Resource"))
        waits = ":activity:" in said or (found is not None and found.type == "AWS::StepFunctions::Activity")
        return _UNKNOWN, ACTIVITY if waits else "", ()


class Within(NamedTuple):
    """The origin of a part of a definition: ``route`` leads there. ``outer`` is the place of the machine that it belongs to."""

    known: Definition
    outer: Spot
    route: Route = ()

    def span(self, path: Route) -> Span:
        """The place of the part, or of the nearest one around it."""
        found: Any = self.known.said
        spot = None
        for step in self.route + path:
            if isinstance(found, Map) and step in found:
                spot, found = found.spot(str(step)), found[str(step)]
            elif isinstance(found, Items) and isinstance(step, int) and step < len(found):
                spot, found = Spot(found.document, None, found.nodes[step]), found[step]
            else:
                break
        text = self.known.text
        if text is None:
            return (spot or self.outer).span()
        return (spot and _line(text, spot)) or text.span()

    def states(self, path: Route) -> bool:
        """Whether the definition says anything there."""
        found: Any = self.known.said
        for step in self.route + path:
            if isinstance(found, Map) and step in found:
                found = found[str(step)]
            elif isinstance(found, Items) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return False
        return True

    def stated(self) -> tuple[str, ...]:
        """The fields of the part."""
        found: Any = self.known.said
        for step in self.route:
            found = found[step]
        return tuple(found) if isinstance(found, Map) else ()

    def child(self, *path: str | int) -> Within:
        """A part of it."""
        return Within(self.known, self.outer, self.route + path)

    def put(self, path: Route, text: str, short: str | None = None) -> None:
        """There is no edit of a template."""
        del path, text, short


def _line(text: Spot, inner: Spot) -> Span | None:
    """The line of the template on which something stands that a text in it says, if the text stands there line by line."""
    block = _block(text.node)
    if block is None:
        return None
    number = (inner.key or inner.node).start_mark.line
    source, said = text.document.source, inner.document.source
    at = block.start_mark.line + number + 2
    begun = said.line(number + 1).partition("${")[0].strip().rstrip('"')
    line = source.line(at).strip() if at <= source.line_count else ""
    if not begun or not line.startswith(begun):
        return None
    start = source.starts[at - 1] + source.line(at).index(line)
    return Span(source, start, start + len(line))


def _block(node: Node) -> Node | None:
    """The literal block that a text is, or the one that has its parts."""
    while not isinstance(node, ScalarNode):
        if isinstance(node, MappingNode) and len(node.value) == 1:
            node = node.value[0][1]
        elif isinstance(node, SequenceNode) and node.value:
            node = node.value[0]
        else:
            return None
    return node if node.style == "|" else None
