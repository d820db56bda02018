"""What sagas do when they run: on moto's interpreter of the Amazon States Language, with a ledger of every effect."""

import json
import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest

from penstock.asl import machine
from penstock.asl.saga import Flow
from penstock.asl.steps import Act, Condition, Wait, acts
from tests.asl.interpreter import Interpreter, interpreter
from tests.asl.sagas import NOWHERE, ONCE, Ledger, Somewhere, act, choose, fail, flow, for_each, parallel

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _silent() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def run(saga: Flow, ledger: Ledger, data: object, *, waits: bool = False) -> tuple[dict[str, Any], list[str]]:
    """What became of an execution, and the messages that it sent."""
    names = {each.name for each in acts(saga.steps)}
    with interpreter(ledger.functions(names), waits=waits) as moto:
        ended = moto.run(moto.create(machine.definition(saga, Somewhere())), data)
        return ended, messages(moto)


def messages(moto: Interpreter) -> list[str]:
    return [sent["MessageAttributes"]["message"]["StringValue"] for sent in moto.sent]


def keys(*steps: str) -> list[str]:
    return [f"one/{step}" for step in steps]


def cause(ended: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ended["cause"])
    return found


def test_success_is_every_step_once_and_the_results_under_their_names() -> None:
    ledger = Ledger()
    ended, sent = run(
        flow(act("a"), act("b", input={"what": "order.id", "first": "a.by"})), ledger, {"order": {"id": 7}}
    )
    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"]) == {"order": {"id": 7}, "a": {"by": "a"}, "b": {"by": "b"}}
    assert ledger.done == keys("a", "b")
    assert ledger.told[1]["input"] == {"what": 7, "first": "a"}
    assert ledger.undone == []
    assert sent == ["Done"]


def test_failure_undoes_what_completed_and_what_failed_the_last_first() -> None:
    ledger = Ledger({"c": "OutOfStock"})
    ended, sent = run(flow(act("a"), act("b"), act("c"), act("d")), ledger, {})
    assert (ended["status"], ended["error"]) == ("FAILED", "OutOfStock")
    assert cause(ended)["failed"]["step"] == "c"
    assert ledger.undone == keys("c", "b", "a")
    assert sent == ["Rejected"]
    undone = {each["step"]: each for each in ledger.told if "undoes" in each}
    assert undone["a"]["result"] == {"by": "a"}
    assert undone["c"]["result"] is None
    assert undone["a"]["undoes"] == "one/a"


def test_the_failed_step_can_be_left_out() -> None:
    ledger = Ledger({"b": "OutOfStock"})
    run(flow(act("a"), act("b"), includes_failed=False), ledger, {})
    assert ledger.undone == keys("a")


def test_a_step_without_compensation_is_passed_over() -> None:
    ledger = Ledger({"c": "OutOfStock"})
    run(flow(act("a"), act("b", undo=False), act("c", undo=False)), ledger, {})
    assert ledger.undone == keys("a")


def test_a_step_is_tried_again_with_the_same_key() -> None:
    ledger = Ledger(flaky={"a": 1})
    ended, _ = run(flow(act("a")), ledger, {})
    assert ended["status"] == "SUCCEEDED"
    assert ledger.calls == [("a", "one/a"), ("a", "one/a")]


def test_branches_run_to_their_end_and_all_that_started_is_undone() -> None:
    ledger = Ledger({"b": "Full"})
    saga = flow(act("a"), parallel("together", (act("b"), act("c")), (act("d"), act("e"))), act("f"))
    ended, _ = run(saga, ledger, {})
    assert ended["error"] == "Full"
    assert set(ledger.done) == set(keys("a", "b", "d", "e"))
    assert ledger.undone == keys("e", "d", "b", "a")


def test_of_a_choice_only_what_was_taken_is_undone() -> None:
    ledger = Ledger({"z": "Full"})
    dear = Condition("total", "above", 1000)
    saga = flow(choose("which", ((dear,), (act("a"),)), ((), (act("b"),))), act("z", undo=False))
    run(saga, ledger, {"total": 2000})
    assert ledger.undone == keys("a")


@pytest.mark.parametrize(
    ("test", "data", "taken"),
    [
        (Condition("n", "above", 1), {"n": 2}, True),
        (Condition("n", "above", 1), {"n": 1}, False),
        (Condition("n", "above", 1), {"n": "2"}, False),
        (Condition("n", "above", 1), {}, False),
        (Condition("n", "below", 1), {"n": 0}, True),
        (Condition("n.m", "is", "x"), {"n": {"m": "x"}}, True),
        (Condition("n.m", "is", "x"), {"n": 5}, False),
        (Condition("n", "is", value=True), {"n": True}, True),
        (Condition("n", "is", value=True), {"n": None}, False),
        (Condition("n", "one_of", ["a", 1]), {"n": 1}, True),
        (Condition("n", "one_of", ["a", 1]), {"n": "1"}, False),
        (Condition("n", "present", value=True), {"n": None}, True),
        (Condition("n", "present", value=True), {}, False),
        (Condition("n", "present", value=False), {}, True),
    ],
)
def test_conditions_hold_or_not_and_never_fail(test: Condition, data: object, taken: bool) -> None:  # noqa: FBT001
    ledger = Ledger()
    ended, _ = run(flow(choose("which", ((test,), (act("a"),)))), ledger, data)
    assert ended["status"] == "SUCCEEDED"
    assert ledger.done == (keys("a") if taken else [])


def test_items_have_keys_of_their_own_and_all_that_started_are_undone() -> None:
    ledger = Ledger({"z": "Full"})
    saga = flow(
        for_each("each", "lines", act("a", input={"sku": "item.sku"}), act("b"), concurrency=1), act("z", undo=False)
    )
    run(saga, ledger, {"lines": [{"sku": "x"}, {"sku": "y"}]})
    assert ledger.done == keys("a/0", "b/0", "a/1", "b/1", "z")
    assert ledger.undone == keys("b/1", "a/1", "b/0", "a/0")
    undone = {each["undoes"]: each for each in ledger.told if "undoes" in each}
    assert undone["one/a/1"]["input"] == {"sku": "y"}
    assert undone["one/a/1"]["result"] == {"by": "a"}


def test_items_within_items() -> None:
    ledger = Ledger({"z": "Full"})
    inner = for_each("inner", "item.parts", act("a", undo=True))
    saga = flow(for_each("each", "lines", inner, concurrency=1), act("z", undo=False))
    ended, _ = run(saga, ledger, {"lines": [{"parts": [1]}, {"parts": []}]})
    assert ended["error"] == "Full"
    assert ledger.undone == keys("a/0.0")


def test_no_items_are_nothing_to_do() -> None:
    ledger = Ledger()
    ended, _ = run(flow(for_each("each", "lines", act("a"))), ledger, {})
    assert json.loads(ended["output"]) == {"each": []}


def test_behind_the_pivot_nothing_is_undone() -> None:
    ledger = Ledger({"c": "Full"})
    ended, sent = run(flow(act("a"), act("b", pivot=True), act("c")), ledger, {})
    assert (ended["status"], ended["error"]) == ("FAILED", "StuckAfterPivot")
    assert cause(ended)["failed"]["step"] == "c"
    assert ledger.undone == []
    assert sent == ["RepairWanted"]


def test_a_pivot_that_fails_is_undone_with_all_before_it() -> None:
    ledger = Ledger({"b": "Declined"})
    _, sent = run(flow(act("a"), act("b", pivot=True), act("c")), ledger, {})
    assert ledger.undone == keys("b", "a")
    assert sent == ["Rejected"]


@pytest.mark.parametrize("taken", [True, False])
def test_a_pivot_in_a_choice_holds_where_it_was_taken(taken: bool) -> None:  # noqa: FBT001
    ledger = Ledger({"c": "Full"})
    saga = flow(act("a"), choose("which", ((Condition("go", "is", value=True),), (act("b", pivot=True),))), act("c"))
    ended, _ = run(saga, ledger, {"go": taken})
    assert ended["error"] == ("StuckAfterPivot" if taken else "Full")
    assert ledger.undone == ([] if taken else keys("c", "a"))


def test_what_cannot_be_undone_is_named_and_the_rest_is_undone() -> None:
    ledger = Ledger({"c": "Full", "un-b": "Gone"})
    ended, sent = run(flow(act("a"), act("b"), act("c")), ledger, {})
    assert ended["error"] == "CompensationFailed"
    (left,) = cause(ended)["not_undone"]
    assert (left["step"], left["error"], left["key"]) == ("b", "Gone", "one/b")
    assert ledger.undone == keys("c", "b", "a")
    assert ledger.calls.count(("un-b", "one/b/undo")) == 4
    assert sent == ["Rejected", "RepairWanted"]


def test_or_the_rest_is_left() -> None:
    ledger = Ledger({"c": "Full", "un-b": "Gone"})
    ended, _ = run(flow(act("a"), act("b"), act("c"), stops=True), ledger, {})
    assert ended["error"] == "CompensationFailed"
    assert ledger.undone == keys("c", "b")


def test_a_step_whose_errors_do_not_matter() -> None:
    ledger = Ledger({"b": "Full", "d": "Full"})
    ended, _ = run(flow(act("a"), act("b", on_error="continue"), act("c")), ledger, {})
    assert ended["status"] == "SUCCEEDED"
    assert ledger.done == keys("a", "b", "c")
    ledger = Ledger({"b": "Full", "d": "Full"})
    run(flow(act("b", on_error="continue"), act("d")), ledger, {})
    assert ledger.undone == keys("d", "b")


def test_a_step_whose_failure_ends_all() -> None:
    ledger = Ledger({"b": "Full"})
    ended, sent = run(flow(act("a"), act("b", on_error="fail")), ledger, {})
    assert ended["error"] == "Full"
    assert ledger.undone == []
    assert sent == ["Rejected"]


def test_a_failure_on_purpose() -> None:
    ledger = Ledger()
    ended, _ = run(flow(act("a"), fail("stop", "TooDear"), act("b")), ledger, {})
    assert ended["error"] == "TooDear"
    assert ledger.undone == keys("a")


def test_a_time_that_is_none_is_caught() -> None:
    ledger = Ledger()
    wait = Wait(name="later", origin=NOWHERE, seconds=None, until="when")
    ended, _ = run(flow(act("a"), wait), ledger, {"when": "soon"})
    assert ended["error"] == "States.QueryEvaluationError"
    assert ledger.undone == keys("a")


def test_a_step_that_takes_too_long_is_undone_because_it_may_have_acted() -> None:
    ledger = Ledger()
    functions = ledger.functions(["a", "b"])

    def slow(payload: dict[str, Any]) -> object:
        answer = functions["b"](payload)
        time.sleep(1.5)
        return answer

    saga = flow(act("a"), act("b", timeout=1, retry=ONCE))
    with interpreter(functions | {"b": slow}) as moto:
        ended = moto.run(moto.create(machine.definition(saga, Somewhere())), {})
    assert ended["error"] == "States.Timeout"
    assert ledger.undone == keys("b", "a")


def test_the_deadline_cuts_a_step_off_and_undoes_all() -> None:
    ledger = Ledger()
    functions = ledger.functions(["a", "b", "c"])

    def slow(payload: dict[str, Any]) -> object:
        answer = functions["b"](payload)
        time.sleep(3)
        return answer

    saga = flow(act("a"), act("b", timeout=60, retry=ONCE), act("c"), timeout=1)
    with interpreter(functions | {"b": slow}) as moto:
        ended = moto.run(moto.create(machine.definition(saga, Somewhere())), {})
    assert ended["error"] == "States.Timeout"
    assert ledger.done == keys("a", "b")
    assert ledger.undone == keys("b", "a")


def test_behind_the_deadline_no_step_starts() -> None:
    ledger = Ledger()
    wait = Wait(name="later", origin=NOWHERE, seconds=60, until=None)
    ended, _ = run(flow(act("a"), wait, act("b"), timeout=1), ledger, {}, waits=True)
    assert ended["error"] == "DeadlineExceeded"
    assert ledger.done == keys("a")
    assert ledger.undone == keys("a")


@pytest.mark.parametrize("answer", ["success", "failure"])
def test_a_callback_waits_for_its_answer(answer: str) -> None:
    ledger = Ledger()
    ask = Act(name="ask", origin=NOWHERE, word="wait_for", target="asked", message="Question", retry=ONCE, timeout=20)
    with interpreter(ledger.functions(["a", "b"])) as moto:
        execution = moto.start(
            moto.create(machine.definition(flow(act("a"), ask, act("b")), Somewhere())), {"n": 1}, "one"
        )
        token = moto.asked()
        assert json.loads(moto.sent[0]["MessageBody"]) == {"n": 1, "a": {"by": "a"}}
        if answer == "success":
            moto.client.send_task_success(taskToken=token, output='{"by": "Ada"}')
        else:
            moto.client.send_task_failure(taskToken=token, error="Refused", cause="no")
        ended = moto.ended(execution)
    if answer == "success":
        assert json.loads(ended["output"])["ask"] == {"by": "Ada"}
        assert ledger.done == keys("a", "b")
    else:
        assert ended["error"] == "Refused"
        assert ledger.undone == keys("a")


def test_a_second_start_under_the_same_name_has_no_second_effect() -> None:
    ledger = Ledger()
    with interpreter(ledger.functions(["a"])) as moto:
        made = moto.create(machine.definition(flow(act("a")), Somewhere()))
        moto.run(made, {"n": 1})
        with pytest.raises(moto.client.exceptions.ExecutionAlreadyExists):
            moto.start(made, {"n": 1}, "one")
    assert ledger.calls == [("a", "one/a")]
