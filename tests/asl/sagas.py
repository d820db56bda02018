"""Sagas to run: steps that say in Python what they do, with functions that keep a ledger of effects."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from penstock.asl.saga import Call, Flow
from penstock.asl.steps import Act, Case, Choose, Compensation, Condition, Fail, ForEach, Parallel, Retry, Step
from penstock.model.origin import Elsewhere, Place
from penstock.plan.values import GetAtt, Ref, Value
from tests.asl.interpreter import Refused

NOWHERE: Any = Elsewhere(None, Place(None, ()))  # type: ignore[arg-type]
ONCE = Retry((), (), 0, 1, 1, None, jitter=False)
TWICE = Retry(("any",), (), 1, 1, 2, 5, jitter=True)
LONG = Retry(("any",), (), 3, 1, 2, 5, jitter=True)


class Somewhere:
    """Targets that are called by their own names."""

    def function(self, name: str) -> Value:
        return GetAtt(name, "Arn")

    def longest(self, name: str) -> int:
        del name
        return 3

    def saga(self, name: str) -> Value:
        return f"arn:aws:states:eu-central-1:123456789012:stateMachine:{name}"

    def lasts(self, name: str) -> int:
        del name
        return 60

    def send(self, act: Act, payload: str, key: str, *, token: bool) -> Call:
        del key
        given: dict[str, Value] = {"QueueUrl": Ref(act.target), "MessageBody": f"{{% $string({payload}) %}}"}
        attributes = {"message": {"DataType": "String", "StringValue": act.message}}
        if token:
            attributes["task_token"] = {"DataType": "String", "StringValue": "{% $states.context.Task.Token %}"}
        return Call("sqs:sendMessage", given | {"MessageAttributes": attributes})


@dataclass
class Ledger:
    """Every call in the order in which it came: the function's name, the key, and what else it was told."""

    refusing: dict[str, str] = field(default_factory=dict)
    flaky: dict[str, int] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)

    def functions(self, names: Iterable[str]) -> dict[str, Callable[[dict[str, Any]], object]]:
        return {name: self._function(name) for each in names for name in (each, f"un-{each}")}

    def _function(self, name: str) -> Callable[[dict[str, Any]], object]:
        def work(payload: dict[str, Any]) -> object:
            self.calls.append((name, payload["idempotency_key"]))
            self.told.append(payload)
            tried = sum(known == name and key == payload["idempotency_key"] for known, key in self.calls)
            if name in self.refusing:
                raise Refused(self.refusing[name], "it will not")
            if tried <= self.flaky.get(name, 0):
                raise Refused("Lambda.ServiceException", "not now")
            return {"by": name}

        return work

    @property
    def done(self) -> list[str]:
        """The forward steps that were called, each once however often it was tried."""
        return list(dict.fromkeys(key for name, key in self.calls if not name.startswith("un-")))

    @property
    def undone(self) -> list[str]:
        """The steps that were undone, in that order, each once."""
        return list(dict.fromkeys(key.removesuffix("/undo") for name, key in self.calls if name.startswith("un-")))


def act(name: str, *, undo: bool = True, retry: Retry = TWICE, **more: Any) -> Act:  # noqa: ANN401 - the fields of a step
    """A step that calls the function of its name, and `un-` that to undo it."""
    compensation = Compensation(f"un-{name}", None, 10, LONG) if undo else None
    return Act(name=name, origin=NOWHERE, word="do", target=name, retry=retry, compensation=compensation, **more)


def parallel(name: str, *branches: tuple[Step, ...]) -> Parallel:
    return Parallel(name=name, origin=NOWHERE, branches=branches)


def choose(name: str, *cases: tuple[tuple[Condition, ...], tuple[Step, ...]]) -> Choose:
    return Choose(name=name, origin=NOWHERE, cases=tuple(Case(*case) for case in cases))


def for_each(name: str, path: str, *steps: Step, concurrency: int = 0) -> ForEach:
    return ForEach(name=name, origin=NOWHERE, path=path, alias="item", concurrency=concurrency, kept=True, steps=steps)


def fail(name: str, reason: str) -> Fail:
    return Fail(name=name, origin=NOWHERE, reason=reason)


def publication(message: str, **more: Any) -> Act:  # noqa: ANN401 - the fields of a step
    name = f"{message} to channel"
    return Act(name=name, origin=NOWHERE, word="publish", target="channel", message=message, retry=LONG, **more)


def flow(*steps: Step, **more: Any) -> Flow:  # noqa: ANN401 - the fields of a saga
    return Flow(
        name="saga",
        steps=steps,
        on_success=(publication("Done"),),
        on_failure=(publication("Rejected"),),
        on_stuck=(publication("RepairWanted"),),
        **more,
    )
