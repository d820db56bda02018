"""What of a saga cannot be, or could mean two things."""

from pathlib import Path

import pytest

from penstock.kinds.build import build
from penstock.source.schema_file import read_schema_file
from tests.topologies import complete, document_of

HEAD = "consumers: {a: {}, b: {}}\nqueues: {q: {}}\nsagas:\n  s:\n"


def faults(*steps: str, more: str = "") -> list[tuple[str, str]]:
    """Code and marked text of each fault of a saga with these steps."""
    text = HEAD + more + "    steps:\n" + "".join(f"      - {step}\n" for step in steps)
    built = build(document_of(complete(text)), lambda name: read_schema_file(Path(name), name))
    return [(fault.code, fault.span.text) for fault in built.faults]


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ("{name: x}", ("REF060", "{name: x}")),
        ("{do: a, wait: 5s}", ("REF060", "{do: a, wait: 5s}")),
        ("{wait: 5s, timeout: 10s}", ("REF060", "timeout: 10s")),
        ("{wait_for: callback, message: OrderPlaced}", ("REF060", "{wait_for: callback, message: OrderPlaced}")),
        ("{choose: [{steps: []}]}", ("REF060", "{steps: []}")),
        ("{choose: [{when: {x: 1}, otherwise: []}]}", ("REF060", "{when: {x: 1}, otherwise: []}")),
        ("{choose: [{otherwise: []}, {when: {x: 1}, steps: []}]}", ("REF060", "otherwise: []")),
        ("{choose: [{when: {x: 1}}]}", ("REF060", "{when: {x: 1}}")),
        ("{for_each: lines}", ("REF060", "for_each: lines")),
        ("{do: c}", ("REF001", "do: c")),
        ("{do: q}", ("REF003", "do: q")),
        ("{do: a, compensate: c}", ("REF001", "compensate: c")),
        ("{do: a, compensate: {do: q}}", ("REF003", "do: q")),
        ("{saga: a}", ("REF003", "saga: a")),
        ("{publish: {message: OrderPlaced, to: a}}", ("REF003", "to: a")),
        ("{publish: {message: Nothing, to: q}}", ("REF005", "message: Nothing")),
        ("{wait_for: callback, via: q}", ("REF064", "via: q")),
        ("{wait_for: callback, via: a, message: OrderPlaced}", ("REF064", "message: OrderPlaced")),
        (
            "{wait_for: callback, via: q, message: OrderPlaced, timeout: 1m, heartbeat: 1m}",
            ("REF065", "heartbeat: 1m"),
        ),
        ("{parallel: [[{do: a, pivot: true}], [{do: b}]]}", ("REF063", "pivot: true")),
        ("{for_each: lines, steps: [{do: a, pivot: true}]}", ("REF063", "pivot: true")),
        ("{for_each: lines, as: a, steps: [{do: a}]}", ("REF061", "as: a")),
        ("{name: failure, do: a}", ("REF061", "name: failure")),
        ("{saga: s}", ("REF068", "saga: s")),
    ],
)
def test_a_step_that_cannot_be(step: str, found: tuple[str, str]) -> None:
    assert faults(step) == [found]


def test_two_steps_of_one_name() -> None:
    assert faults("{do: a}", "{do: a}") == [("REF061", "{do: a}")]
    assert faults("{do: a}", "{name: again, do: a}") == []


def test_a_second_pivot() -> None:
    assert faults("{do: a, pivot: true}", "{do: b, pivot: true}") == [("REF063", "pivot: true")]
    both = "{choose: [{when: {x: 1}, steps: [{do: a, pivot: true}]}, {otherwise: [{do: b, pivot: true}]}]}"
    assert faults(both) == []


def test_a_function_that_starts_the_saga_whose_step_it_is() -> None:
    text = "consumers: {a: {publishes: {message: OrderPlaced, to: s}}}\nsagas:\n  s: {steps: [{saga: t}]}\n  t: {steps: [{do: a}]}\n"
    built = build(document_of(complete(text)), lambda name: read_schema_file(Path(name), name))
    assert [(fault.code, fault.span.text) for fault in built.faults] == [("REF069", "to: s")]
    assert "s > t > a > s" in built.faults[0].message


def test_no_steps_and_a_starter_for_nothing() -> None:
    assert faults("{do: a}", more="    starter: {timeout: 5s}\n") == [("REF066", "starter: {timeout: 5s}")]
    built = build(document_of(complete("sagas: {s: {steps: []}}")), lambda name: read_schema_file(Path(name), name))
    assert [fault.code for fault in built.faults] == ["REF060"]


@pytest.mark.parametrize(
    ("step", "more", "found"),
    [
        ("{wait_for: callback, via: q, message: OrderPlaced}", "", "wait_for: callback"),
        ("{wait: 10m}", "", "wait: 10m"),
        ("{do: a}", "    timeout: 10m\n", "timeout: 10m"),
    ],
)
def test_what_an_express_workflow_cannot(step: str, more: str, found: str) -> None:
    assert faults(step, more=f"    workflow: express\n{more}") == [("REF067", found)]


def test_defaults_of_steps_hold_where_a_step_says_nothing() -> None:
    from penstock.kinds import Saga
    from tests.topologies import topology_of

    text = (
        "defaults: {sagas: {steps: {timeout: 7s, retry: {max_retries: 9, backoff: 3}}}}\nconsumers: {a: {}, b: {}}\n"
        "sagas: {s: {steps: [{do: a, retry: {max_retries: 1}}, {parallel: [[{do: b, timeout: 5s}]]}, {wait: 5s}]}}\n"
    )
    from penstock.asl.steps import acts

    (saga,) = topology_of(complete(text)).of(Saga)
    told = {act.name: (act.timeout, act.retry.max_retries, act.retry.backoff) for act in acts(saga.flow.steps)}
    assert told == {"a": (7, 1, 3), "b": (5, 9, 3)}
