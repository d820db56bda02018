"""From the entries under a saga's `steps` to steps; what does not fit together is kept with its place, to be told later."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from penstock.asl.steps import (
    Act,
    Case,
    Choose,
    Compensation,
    Condition,
    Fail,
    ForEach,
    Parallel,
    Paths,
    Retry,
    Step,
    Wait,
)
from penstock.model.component import Absent
from penstock.model.entry import Entry
from penstock.model.merging import merged
from penstock.model.origin import Origin, Place
from penstock.records import NamedTuple

_ACTING = ("name", "input", "timeout", "retry", "compensate", "pivot", "on_error")
_KINDS: dict[str, tuple[str, ...]] = {
    "do": _ACTING,
    "wait_for": (*_ACTING, "message", "via", "heartbeat"),
    "publish": _ACTING,
    "saga": _ACTING,
    "parallel": ("name",),
    "choose": ("name",),
    "for_each": ("name", "as", "max_concurrency", "steps"),
    "wait": ("name",),
    "fail": ("name",),
}
"""What says which kind of step one is, and what may stand beside it."""
_ACTS = frozenset({"do", "wait_for", "publish", "saga"})


class Problem(NamedTuple):
    """What does not fit together in a step."""

    place: Place
    text: str
    help: str


class Reader:
    """Reads the steps of one saga."""

    def __init__(self, saga: str, undo: Retry) -> None:
        """Of this saga, whose compensations are tried again like this where they do not say otherwise."""
        self.saga = saga
        self.undo = undo
        self.problems: list[Problem] = []

    def steps(self, data: object, origin: Origin, where: str = "") -> tuple[Step, ...]:
        """The steps of a list. ``where`` is the list's own place in words, ``2.1.``."""
        items: Sequence[Any] = data if isinstance(data, list) else []
        found = (
            self._step(Entry.of("saga-step", item, origin.child(index)), f"{where}{index + 1}")
            for index, item in enumerate(items)
        )
        return tuple(step for step in found if step is not None)

    def _step(self, entry: Entry, where: str) -> Step | None:
        kinds = [kind for kind in _KINDS if entry.states(kind)]
        if len(kinds) != 1:
            several = f"is of several kinds: {', '.join(f'`{kind}`' for kind in kinds)}"
            text = several if kinds else "does not say what it does"
            self._tell(entry.at(), f"step {where} of saga {self.saga!r} {text}", f"give it one of {', '.join(_KINDS)}")
            return None
        kind = kinds[0]
        for key in entry.data:
            if key != kind and key not in _KINDS[kind] and entry.states(key):
                text = f"step {where} of saga {self.saga!r} has `{key}`, which means nothing beside `{kind}`"
                self._tell(entry.at(key), text, f"remove `{key}`")
        if kind in _ACTS:
            return self._act(kind, entry, where)
        name = entry.text("name")
        match kind:
            case "parallel":
                return self._parallel(entry, name or f"Parallel {where}", where)
            case "choose":
                return self._choose(entry, name or f"Choose {where}", where)
            case "for_each":
                return self._for_each(entry, name, where)
            case "wait":
                return _wait(entry, name or f"Wait {where}")
            case _:
                return Fail(name=name or f"Fail {where}", origin=entry.origin, reason=entry.text("fail") or "")

    def _act(self, kind: str, entry: Entry, where: str) -> Act:
        target, name, message = entry.text(kind) or "", entry.text("name"), entry.text("message")
        if kind == "publish":
            sent = entry.part("publish")
            target, message = sent.text("to") or "", sent.text("message")
            name = name or f"Publish {where}"
        elif kind == "wait_for":
            target = entry.text("via") or ""
            name = name or f"Callback {where}"
            if not target:
                text = f"step {where} of saga {self.saga!r} does not say who is to answer"
                self._tell(entry.at(), text, "name the queue or the function that gets the token: `via: approvals`")
        undone = self._compensation(entry)
        return Act(
            name=name or target.rpartition("/")[2],
            origin=entry.origin,
            word=kind,
            target=target,
            message=message,
            input=paths(entry),
            timeout=entry.seconds("timeout"),
            heartbeat=entry.seconds("heartbeat"),
            retry=read_retry(entry.part("retry")),
            compensation=undone,
            pivot=entry.flag("pivot"),
            on_error=entry.text("on_error") or "compensate",
        )

    def _compensation(self, entry: Entry) -> Compensation | Absent | None:
        said = entry.data.get("compensate")
        if said is None:
            return None
        if absent := entry.absent("compensate"):
            return absent
        if isinstance(said, str):
            return Compensation(said, None, None, self.undo)
        part = entry.part("compensate")
        own = self.undo if not part.states("retry") else read_retry(part.part("retry"))
        return Compensation(part.text("do") or "", paths(part), part.seconds("timeout"), own)

    def _parallel(self, entry: Entry, name: str, where: str) -> Parallel:
        branches = tuple(
            self.steps(branch, entry.origin.child("parallel", index), f"{where}.{index + 1}.")
            for index, branch in enumerate(entry.data["parallel"])
        )
        return Parallel(name=name, origin=entry.origin, branches=branches)

    def _choose(self, entry: Entry, name: str, where: str) -> Choose:
        cases = []
        written = entry.data["choose"]
        for index, case in enumerate(written):
            part = Entry.of("saga-case", case, entry.origin.child("choose", index))
            key = "otherwise" if part.states("otherwise") else "steps"
            if part.states("otherwise") == part.states("when") or (key == "otherwise" and part.states("steps")):
                text = f"case {index + 1} of step {where} of saga {self.saga!r} has not `when` and `steps`, or `otherwise` alone"
                self._tell(
                    part.at(), text, "write `{when: {total: {above: 1000}}, steps: [...]}` or `{otherwise: [...]}`"
                )
            elif key == "otherwise" and index + 1 < len(written):
                text = f"no case after case {index + 1} of step {where} of saga {self.saga!r} is ever taken"
                self._tell(part.at("otherwise"), text, "`otherwise` is the last case")
            elif key == "steps" and not part.states("steps"):
                text = f"case {index + 1} of step {where} of saga {self.saga!r} has no steps"
                self._tell(part.at(), text, "write `steps: []` if nothing is to be done")
            tests = tuple(_tests(part.data.get("when") or {}))
            steps = self.steps(part.data.get(key), part.origin.child(key), f"{where}.{index + 1}.")
            cases.append(Case(tests, steps))
        return Choose(name=name, origin=entry.origin, cases=tuple(cases))

    def _for_each(self, entry: Entry, name: str | None, where: str) -> ForEach:
        if not entry.states("steps"):
            text = f"step {where} of saga {self.saga!r} has no steps for its items"
            self._tell(entry.at("for_each"), text, "write them under `steps`")
        return ForEach(
            name=name or f"Each {where}",
            origin=entry.origin,
            path=entry.text("for_each") or "",
            alias=entry.text("as") or "",
            concurrency=entry.number("max_concurrency") or 0,
            kept=name is not None,
            steps=self.steps(entry.data.get("steps"), entry.origin.child("steps"), f"{where}."),
        )

    def _tell(self, place: Place, text: str, help_: str) -> None:
        self.problems.append(Problem(place, text, help_))


def paths(entry: Entry) -> Paths | None:
    """The key ``input``."""
    return entry.pairs("input") if entry.states("input") else None


def read_retry(part: Entry) -> Retry:
    """The key ``retry``."""
    return Retry(
        part.words("on"),
        part.words("never"),
        part.number("max_retries") or 0,
        part.seconds("interval") or 1,
        part.number("backoff") or 1,
        part.seconds("max_delay"),
        part.text("jitter") == "full",
    )


def _wait(entry: Entry, name: str) -> Wait:
    said = entry.data["wait"]
    if isinstance(said, str):
        return Wait(name=name, origin=entry.origin, seconds=entry.seconds("wait"), until=None)
    return Wait(name=name, origin=entry.origin, seconds=None, until=said["until"])


def _tests(when: Mapping[str, Any]) -> Iterator[Condition]:
    for path, said in when.items():
        if isinstance(said, Mapping):
            yield from (Condition(path, word, value) for word, value in said.items())
        else:
            yield Condition(path, "is", said)


def with_defaults(saga: Mapping[str, Any], defaults: Mapping[str, Any]) -> Mapping[str, Any]:
    """A saga as it was written, with what the topology says of all steps merged under each step with an effect."""
    return {**saga, "steps": _filled(saga.get("steps"), defaults)}


def _filled(value: Any, defaults: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the data of a document
    if isinstance(value, list):
        return [_filled(one, defaults) for one in value]
    if not isinstance(value, Mapping):
        return value
    inner = {key: _filled(value[key], defaults) for key in ("parallel", "choose", "steps", "otherwise") if key in value}
    own = {**value, **inner}
    return merged(defaults, own) if _ACTS & value.keys() else own
