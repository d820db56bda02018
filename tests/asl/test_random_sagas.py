"""Random sagas on moto's interpreter, against what the language says of them, told a second time and in Python alone."""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from penstock.asl import machine
from penstock.asl.saga import Flow
from penstock.asl.steps import Act, Choose, Compensation, Condition, Fail, ForEach, Parallel, Step, acts, blocks
from tests.asl.interpreter import interpreter
from tests.asl.sagas import Ledger, Somewhere, act, choose, fail, flow, for_each, parallel

pytestmark = pytest.mark.slow
ITEMS = 2
MOST = 8


@pytest.fixture(autouse=True, scope="module")
def _silent() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@dataclass
class Case:
    """A saga, its start input, which functions refuse to work, and whether it is started twice."""

    saga: Flow
    data: dict[str, bool]
    refusing: dict[str, str]
    twice: bool


class Writer:
    """Draws steps until there are enough; a pivot stands at most once, where nothing runs side by side."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.left = draw(st.integers(1, MOST))
        self.count = 0
        self.pivot = draw(st.booleans())

    def steps(self, depth: int, *, alone: bool) -> tuple[Step, ...]:
        several = range(self.draw(st.integers(1, 3)))
        return tuple(self._step(depth, alone=alone) for _ in several if self.left > 0)

    def _step(self, depth: int, *, alone: bool) -> Step:
        self.count += 1
        name = f"s{self.count}"
        kinds = ["act", "act", "act", "fail"] + (["parallel", "choose", "each"] if depth else [])
        kind = self.draw(st.sampled_from(kinds))
        if kind == "parallel":
            return parallel(f"Together {name}", *(self.steps(depth - 1, alone=False) for _ in range(2)))
        if kind == "choose":
            cases = [((Condition(word, "is", value=True),), self.steps(depth - 1, alone=alone)) for word in ("x", "y")]
            return choose(f"Which {name}", *cases, ((), self.steps(depth - 1, alone=alone)))
        if kind == "each":
            return for_each(f"Each {name}", "lines", *self.steps(depth - 1, alone=False), concurrency=1)
        self.left -= 1
        if kind == "fail" and not self.draw(st.integers(0, 3)):
            return fail(f"Stop {name}", "Stopped")
        pivot = alone and self.pivot and not self.draw(st.integers(0, 3))
        self.pivot = self.pivot and not pivot
        on_error = self.draw(st.sampled_from(["compensate", "compensate", "compensate", "continue", "fail"]))
        return act(name, undo=self.draw(st.sampled_from([True, True, False])), pivot=pivot, on_error=on_error)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    steps = Writer(draw).steps(2, alone=True)
    names = [each.name for each in acts(steps)]
    refusing = {}
    for name in names:
        if not draw(st.integers(0, 3)):
            refusing[name] = draw(st.sampled_from(["OutOfStock", "States.Timeout", "Lambda.Unknown"]))
        if not draw(st.integers(0, 5)):
            refusing[f"un-{name}"] = "Gone"
    saga = flow(
        *steps,
        includes_failed=draw(st.booleans()),
        stops=draw(st.booleans()),
        timeout=draw(st.sampled_from([None, 3_600])),
    )
    data = {word: draw(st.booleans()) for word in ("x", "y")}
    return Case(saga, data, refusing, draw(st.booleans()))


@dataclass
class Expected:
    """What the language says of an execution: what is called, what is to be undone in the order in which it started, and the end."""

    case: Case
    called: list[str] = field(default_factory=list)
    pivoted: bool = False
    final: bool = False

    def run(self, steps: Sequence[Step], started: list[tuple[str, str]], item: str = "") -> str | None:
        """Take some steps; the error of the one that failed. Started is a step's name with its key."""
        for step in steps:
            error = self._step(step, started, item)
            if error:
                return error
        return None

    def _step(self, step: Step, started: list[tuple[str, str]], item: str) -> str | None:
        match step:
            case Act():
                return self._act(step, started, item)
            case Fail():
                return step.reason
            case Choose():
                taken = next(
                    case.steps
                    for case in step.cases
                    if all(self.case.data[test.path] is test.value for test in case.tests)
                )
                return self.run(taken, started, item)
            case Parallel() | ForEach():
                return self._together(step, started, item)
            case _:
                raise TypeError(step)

    def _together(self, step: Step, started: list[tuple[str, str]], item: str) -> str | None:
        """All run to their end; the first that failed is told."""
        if isinstance(step, Parallel):
            ways = [(block, item) for block in blocks(step)]
        else:
            ways = [(block, f"{item}.{n}" if item else str(n)) for block in blocks(step) for n in range(ITEMS)]
        errors, before = [], len(started)
        for block, where in ways:
            errors.append(self.run(block, started, where))
        assert len(started) >= before
        return next((error for error in errors if error), None)

    def _act(self, step: Act, started: list[tuple[str, str]], item: str) -> str | None:
        key = "/".join(filter(None, ("one", step.name, item)))
        self.called.append(key)
        error = self.case.refusing.get(step.name)
        undoable = isinstance(step.compensation, Compensation) and not self.pivoted
        if undoable and (error is None or self.case.saga.includes_failed):
            started.append((step.name, key))
        if error is None:
            if step.pivot:
                self.pivoted = True
                started.clear()
            return None
        if step.on_error == "continue":
            return None
        self.final = self.final or step.on_error == "fail"
        return error


def undone(case: Case, started: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """What is undone, and what cannot be."""
    tried, left = [], []
    for name, key in reversed(started):
        tried.append(key)
        if f"un-{name}" in case.refusing:
            left.append(key)
            if case.saga.stops:
                break
    return tried, left


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_a_ledger_of_effects_holds_what_the_language_says(case: Case) -> None:
    expected, started = Expected(case), list[tuple[str, str]]()
    error = expected.run(case.saga.steps, started)
    ledger = Ledger(dict(case.refusing))
    data: dict[str, Any] = {**case.data, "lines": list(range(ITEMS))}
    with interpreter(ledger.functions({each.name for each in acts(case.saga.steps)})) as moto:
        made = moto.create(machine.definition(case.saga, Somewhere()))
        ended = moto.run(made, data)
        calls = len(ledger.calls)
        if case.twice:
            with pytest.raises(moto.client.exceptions.ExecutionAlreadyExists):
                moto.start(made, data, "one")
        sent = [each["MessageAttributes"]["message"]["StringValue"] for each in moto.sent]
    assert len(ledger.calls) == calls
    assert sorted(ledger.done) == sorted(expected.called)
    if error is None:
        assert (ended["status"], ledger.undone, sent) == ("SUCCEEDED", [], ["Done"])
        return
    assert ended["status"] == "FAILED"
    if expected.pivoted:
        assert (ended["error"], ledger.undone, sent) == ("StuckAfterPivot", [], ["RepairWanted"])
        return
    if expected.final:
        assert (ledger.undone, sent) == ([], ["Rejected"])
        return
    tried, left = undone(case, started)
    assert ledger.undone == tried
    if not left:
        assert (ended["error"], sent) == (error, ["Rejected"])
        return
    assert (ended["error"], sent) == ("CompensationFailed", ["Rejected", "RepairWanted"])
    assert [each["key"] for each in json.loads(ended["cause"])["not_undone"]] == left
