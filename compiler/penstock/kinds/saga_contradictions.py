"""What of a saga AWS would refuse, or what could mean two things, though every key is valid by itself."""

from collections.abc import Iterator, Mapping

from penstock.asl.steps import Act, Choose, ForEach, Parallel, Step, Wait, acts, blocks, walk
from penstock.asl.written import Written
from penstock.diagnostics import Diagnostic, Label
from penstock.kinds.saga import Saga
from penstock.model.component import Component
from penstock.model.origin import Place
from penstock.model.resolve import fault
from penstock.records import NamedTuple

_RESERVED = frozenset({"failure"})


def contradictions(components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """Every contradiction within a saga, and between sagas."""
    sagas = [component for component in components.values() if isinstance(component, Saga)]
    for saga in sagas:
        for problem in saga.problems:
            yield fault("REF060", problem.place, problem.text, problem.help)
        if saga.written:
            yield from _written(saga, saga.written, components)
        elif not saga.flow.steps and not saga.problems:
            yield fault("REF060", saga.at("steps"), f"{saga} has no steps", "write at least one")
        yield from _names(saga)
        yield from _pivots(saga)
        yield from _callbacks(saga, components)
        yield from _express(saga)
        if saga.states("starter") and saga.starter not in components:
            text = f"{saga} says how it is started, but it has no `from`, and no route or schedule sends to it"
            yield fault(
                "REF066", saga.at("starter"), text, "remove `starter`: functions and services start it themselves"
            )
    yield from _circles(sagas, components)


def _written(saga: Saga, found: Written, components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    for problem in found.problems:
        yield fault("REF080", problem.place, f"{problem.text}, in the definition of {saga}", problem.help)
    for task in found.tasks:
        for address in task.calls:
            channel = components.get(address.name)
            ordered = channel is not None and channel.word in {"queue", "topic"} and getattr(channel, "fifo", None)
            if address.message and ordered and not {"MessageGroupId", "MessageGroupId.$"} & address.arguments.keys():
                text = f"state {task.name!r} of {saga} sends to {channel}, which takes no message without a group"
                yield fault("REF080", Place(address.origin, (address.key,)), text, "give it a `MessageGroupId`")


def _names(saga: Saga) -> Iterator[Diagnostic]:
    seen: dict[str, Step] = {}
    for step in walk(saga.flow.steps):
        twin = seen.setdefault(step.name, step)
        if twin is not step:
            first = Label(Place(twin.origin, ()).span(), "the first of them")
            text = f"two steps of {saga} have the name {step.name!r}"
            yield fault("REF061", Place(step.origin, ()), text, "give one of them another `name`", (first,))
        if step.name in _RESERVED:
            text = f"step {step.name!r} of {saga} has a name that the data have already: what went wrong stands there"
            yield fault("REF061", Place(step.origin, ("name",)), text, "give it another name")
        if isinstance(step, ForEach) and step.alias in {other.name for other in walk(saga.flow.steps)}:
            text = f"{step.alias!r} is the name of a step of {saga}, so it cannot be that of an item"
            yield fault("REF061", Place(step.origin, ("as",)), text, "give the item another name")


def _pivots(saga: Saga) -> Iterator[Diagnostic]:
    for step in walk(saga.flow.steps):
        if isinstance(step, Parallel | ForEach):
            for act in acts((step,)):
                if act.pivot and not _deeper(act, step):
                    what = (
                        "branches run at the same time"
                        if isinstance(step, Parallel)
                        else "items are worked on at the same time"
                    )
                    text = f"step {act.name!r} of {saga} cannot be a pivot, because {what}: others may fail behind it or before it"
                    yield fault("REF063", Place(act.origin, ("pivot",)), text, "put the pivot before or behind it")
    yield from _second(saga, saga.flow.steps, None)


def _deeper(act: Act, step: Step) -> bool:
    """Whether a step is in a parallel or repeated one inside of this one, which then tells."""
    return any(
        act in acts((inner,)) for inner in walk((step,)) if inner is not step and isinstance(inner, Parallel | ForEach)
    )


def _second(saga: Saga, steps: tuple[Step, ...], first: Act | None) -> Iterator[Diagnostic]:
    """A pivot behind another: there is no way back from the first."""
    for step in steps:
        if isinstance(step, Act) and step.pivot:
            if first is not None:
                label = Label(Place(first.origin, ("pivot",)).span(), "the first")
                text = f"step {step.name!r} of {saga} is a pivot behind pivot {first.name!r}, from which there is no way back anyhow"
                yield fault("REF063", Place(step.origin, ("pivot",)), text, "leave one of them", (label,))
            first = step
        elif isinstance(step, Choose):
            for block in blocks(step):
                yield from _second(saga, block, first)


def _callbacks(saga: Saga, components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    for act in acts(saga.flow.steps):
        if act.word != "wait_for":
            continue
        target = components.get(act.target)
        if target is not None and target.word == "queue" and act.message is None:
            text = f"step {act.name!r} of {saga} sends to {target} without saying which message"
            yield fault("REF064", Place(act.origin, ("via",)), text, "name it: `message: ApprovalWanted`")
        if target is not None and target.word == "function" and act.message is not None:
            text = f"step {act.name!r} of {saga} calls {target}, which gets the step's input and no message"
            yield fault("REF064", Place(act.origin, ("message",)), text, "remove `message`")
        if act.heartbeat and act.timeout and act.heartbeat >= act.timeout:
            text = f"step {act.name!r} of {saga} gives up after its timeout, so it never misses a heartbeat"
            yield fault(
                "REF065", Place(act.origin, ("heartbeat",)), text, "make the heartbeat shorter than the timeout"
            )


def _express(saga: Saga) -> Iterator[Diagnostic]:
    if not saga.flow.express:
        return
    for step in walk(saga.flow.steps):
        if isinstance(step, Act) and step.word in {"wait_for", "saga"}:
            text = f"{saga} is an express workflow, which cannot wait for {'a callback' if step.word == 'wait_for' else 'another saga'}"
            yield fault("REF067", Place(step.origin, (step.word,)), text, "use `workflow: standard`")
        if isinstance(step, Wait) and (step.seconds or 0) > _EXPRESS:
            text = f"step {step.name!r} of {saga} waits longer than an express workflow may run, which is 5 min"
            yield fault("REF067", Place(step.origin, ("wait",)), text, "use `workflow: standard`")
    if saga.flow.timeout is not None and saga.flow.timeout > _EXPRESS:
        text = f"{saga} is an express workflow, which runs for 5 min at most"
        yield fault("REF067", saga.at("timeout"), text, "use `workflow: standard`, or a deadline within 5 min")


_EXPRESS = 300


class _Way(NamedTuple):
    """One leads to another: a saga calls it, or a function starts it."""

    target: str
    place: Place
    starts: bool


def _circles(sagas: list[Saga], components: Mapping[str, Component]) -> Iterator[Diagnostic]:
    """A saga that waits for itself never ends; and CloudFormation makes no function that names a saga which names the function."""
    ways: dict[str, list[_Way]] = {}
    for component in components.values():
        if isinstance(component, Saga):
            called = [call for call in component.calls if call.to in components]
            ways[component.name] = [_Way(call.to, Place(call.origin, (call.key,)), starts=False) for call in called]
        elif component.word == "function":
            sent = [each for each in component.publications if isinstance(components.get(each.to), Saga)]
            ways[component.name] = [_Way(each.to, Place(each.origin, ("to",)), starts=True) for each in sent]
    settled: set[str] = set()
    for saga in sagas:
        root = _Way(saga.name, saga.at(), starts=False)
        yield from _visit(saga.name, ways, [root], settled)


def _visit(name: str, ways: Mapping[str, list[_Way]], path: list[_Way], settled: set[str]) -> Iterator[Diagnostic]:
    """Depth first; the way that closes a circle tells, or that of the function in it."""
    if name in settled:
        return
    for way in ways.get(name, ()):
        names = [each.target for each in path]
        begin = names.index(way.target) if way.target in names else None
        if begin is None:
            yield from _visit(way.target, ways, [*path, way], settled)
            continue
        yield _circle([*path[begin + 1 :], way], way.target)
    settled.add(name)


def _circle(circle: list[_Way], name: str) -> Diagnostic:
    shown = " > ".join([name, *(way.target for way in circle)])
    start = next((way for way in circle if way.starts), None)
    if start is None:
        text = f"saga {name!r} waits for itself: {shown}"
        return fault("REF068", circle[-1].place, text, "let one of them send a message instead")
    text = f"saga {start.target!r} is started by a function that it calls itself, which CloudFormation cannot make: {shown}"
    help_ = "send the message to a queue or a bus, and let the saga read it with `from:`"
    return fault("REF069", start.place, text, help_)
