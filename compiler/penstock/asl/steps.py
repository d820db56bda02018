"""The steps of a saga as plain values: what a front end reads, and what becomes of them is for `machine` to say. Times are in seconds."""

from collections.abc import Iterator, Mapping
from typing import Any

from penstock.model.component import Absent
from penstock.model.origin import Origin
from penstock.records import NamedTuple, field, record

TRANSIENT, ANY = "transient", "any"


class Retry(NamedTuple):
    """How often a task is tried again, after which errors. ``max_delay`` is ``None`` where nothing bounds the delay."""

    on: tuple[str, ...]
    never: tuple[str, ...]
    max_retries: int
    interval: int
    backoff: int
    max_delay: int | None
    jitter: bool

    @property
    def waits(self) -> int:
        """The most seconds that lie between all attempts."""
        delays, delay = 0, self.interval
        for _ in range(self.max_retries):
            delays += delay
            delay = delay * self.backoff if self.max_delay is None else min(delay * self.backoff, self.max_delay)
        return delays


Paths = Mapping[str, str]
"""Names of arguments, and the dotted paths into the saga's data that they are read from."""


class Compensation(NamedTuple):
    """What undoes a step: a function, with its own timeout (``None``: as long as the function may take) and retries."""

    function: str
    input: Paths | None
    timeout: int | None
    retry: Retry


@record
class Step:
    """Any step. Where no name was written it is made of the kind of step and its place."""

    name: str
    origin: Origin = field(repr=False)


@record
class Act(Step):
    """A step with an effect: ``word`` is ``do``, ``wait_for``, ``saga`` or ``publish``, and ``target`` the function, saga or channel.

    ``on_error`` is ``compensate``, ``continue`` or ``fail``. ``message`` is what ``publish`` and ``wait_for`` send.
    """

    word: str
    target: str
    message: str | None = None
    input: Paths | None = None
    timeout: int | None = None
    heartbeat: int | None = None
    retry: Retry
    compensation: Compensation | Absent | None = None
    pivot: bool = False
    on_error: str = "compensate"


@record
class Parallel(Step):
    """Branches that run at the same time."""

    branches: tuple[tuple[Step, ...], ...]


class Condition(NamedTuple):
    """One condition on a path: ``word`` is ``is``, ``above``, ``below``, ``one_of`` or ``present``."""

    path: str
    word: str
    value: Any


class Case(NamedTuple):
    """The steps that are taken when all tests hold; without tests always."""

    tests: tuple[Condition, ...]
    steps: tuple[Step, ...]


@record
class Choose(Step):
    """The first case that holds is taken; none of them is nothing to do."""

    cases: tuple[Case, ...]


@record
class ForEach(Step):
    """The same steps for each item of a list, at most ``concurrency`` at a time (0: as many as there are)."""

    path: str
    alias: str
    concurrency: int
    kept: bool
    steps: tuple[Step, ...]


@record
class Wait(Step):
    """A pause of so many seconds, or until the time at a path."""

    seconds: int | None
    until: str | None


@record
class Fail(Step):
    """The saga fails on purpose, for this reason."""

    reason: str


def blocks(step: Step) -> tuple[tuple[Step, ...], ...]:
    """The lists of steps inside a step."""
    match step:
        case Parallel():
            return step.branches
        case Choose():
            return tuple(case.steps for case in step.cases)
        case ForEach():
            return (step.steps,)
        case _:
            return ()


def walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    """All steps, those inside others after these."""
    for step in steps:
        yield step
        for block in blocks(step):
            yield from walk(block)


def acts(steps: tuple[Step, ...]) -> Iterator[Act]:
    """All steps with an effect."""
    for step in walk(steps):
        if isinstance(step, Act):
            yield step


def compensated(steps: tuple[Step, ...]) -> Iterator[tuple[Act, Compensation]]:
    """The steps that can be undone, each with what undoes it."""
    for act in acts(steps):
        if isinstance(act.compensation, Compensation):
            yield act, act.compensation
