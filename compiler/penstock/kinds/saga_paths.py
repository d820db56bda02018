"""What a saga knows at each of its steps: which data there are, and which steps stand behind the pivot in any case."""

from collections.abc import Iterator, Mapping, Sequence

from penstock.asl.saga import Flow
from penstock.asl.steps import Act, Choose, Compensation, ForEach, Parallel, Step, Wait, acts, blocks
from penstock.graph.flow import flow
from penstock.kinds.saga import Saga
from penstock.model.component import Publication
from penstock.model.origin import Place
from penstock.model.shapes import find_field
from penstock.model.topology import Message, Topology

_FAILURE = "failure"


def behind_pivot(saga: Flow) -> list[Act]:
    """The steps that come only after a pivot has succeeded."""
    for number, step in enumerate(saga.steps):
        if isinstance(step, Act) and step.pivot:
            return list(acts(saga.steps[number + 1 :]))
    return []


def starting(saga: Saga, topology: Topology) -> list[Message]:
    """The messages that start a saga, as far as they are known."""
    found: dict[str, Message] = {}
    for connection in topology.incoming(saga):
        if isinstance(connection.settings, Publication):
            found[connection.settings.message] = topology.messages[connection.settings.message]
        elif connection.source.name == saga.starter:
            found |= {message.name: message for message in flow(topology).at[connection.source]}
    return list(found.values())


def unknown_paths(saga: Saga, topology: Topology) -> Iterator[tuple[Place, str, str | None]]:
    """The paths into the data that surely find nothing, each with the nearest name that there is.

    Where another saga starts this one, or nothing that is known does, its input may have any fields.
    """
    messages = starting(saga, topology)
    if not messages or any(isinstance(one.source, Saga) for one in topology.incoming(saga)):
        return
    yield from _Names(messages).steps(saga.flow.steps, frozenset())
    everything = frozenset(act.name for act in acts(saga.flow.steps))
    for announced, more in (
        (saga.flow.on_success, frozenset[str]()),
        (saga.flow.on_failure, frozenset({_FAILURE})),
        (saga.flow.on_stuck, frozenset({_FAILURE})),
    ):
        for act in announced:
            yield from _Names(messages).inputs(act.input, Place(act.origin, ("input",)), everything | more)


class _Names:
    """The names that data begin with: those of steps and items, and the fields of what starts the saga."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.messages = messages

    def steps(self, steps: Sequence[Step], known: frozenset[str]) -> Iterator[tuple[Place, str, str | None]]:
        for step in steps:
            yield from self._step(step, known)
            known |= {step.name, *(act.name for act in acts((step,)))}

    def _step(self, step: Step, known: frozenset[str]) -> Iterator[tuple[Place, str, str | None]]:
        match step:
            case Act():
                yield from self.inputs(step.input, Place(step.origin, ("input",)), known)
                if isinstance(step.compensation, Compensation):
                    place = Place(step.origin, ("compensate", "input"))
                    yield from self.inputs(step.compensation.input, place, known | {step.name})
            case ForEach():
                yield from self._path(step.path, Place(step.origin, ("for_each",)), known)
                known |= {step.alias}
            case Wait() if step.until:
                yield from self._path(step.until, Place(step.origin, ("wait", "until")), known)
            case Choose():
                yield from self._conditions(step, known)
            case _:
                pass
        if isinstance(step, Parallel | Choose | ForEach):
            for block in blocks(step):
                yield from self.steps(block, known)

    def _conditions(self, choose: Choose, known: frozenset[str]) -> Iterator[tuple[Place, str, str | None]]:
        """Whether something is there may be asked of anything."""
        for number, case in enumerate(choose.cases):
            for test in case.tests:
                if test.word != "present":
                    yield from self._path(test.path, Place(choose.origin, ("choose", number, "when", test.path)), known)

    def inputs(
        self, paths: Mapping[str, str] | None, place: Place, known: frozenset[str]
    ) -> Iterator[tuple[Place, str, str | None]]:
        for name, path in (paths or {}).items():
            yield from self._path(path, place.child(name), known)

    def _path(self, path: str, place: Place, known: frozenset[str]) -> Iterator[tuple[Place, str, str | None]]:
        if path.partition(".")[0] in known:
            return
        fields = [find_field(message.schema, path) for message in self.messages]
        if any(field is None or field.missing is None for field in fields):
            return
        from difflib import get_close_matches  # few sagas are wrong

        names = {*known, *(name for field in fields if field for name in field.names)}
        near = get_close_matches(path.rpartition(".")[2], sorted(names), n=1)
        head = path.rpartition(".")[0] if path not in near else ""
        yield place, path, (f"{head}." if head and near else "") + near[0] if near else None
