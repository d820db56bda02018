"""Generated code at both ends of a saga: it starts executions, takes their steps, and answers their callbacks."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from penstock.emit.python_types import FunctionStub
from tests.emit_python.generated import batch, invoke, record, write
from tests.emit_python.samples import ANSWERING, PLAIN_STEPS, STARTER, STEPPED

STORE = {"PENSTOCK_STORE_IDEMPOTENCY": "table-1"}
MACHINE = {"PENSTOCK_SAGA_PLACE": "arn:place"}
LOGIC = """
import json

def do_reserve_stock(step):
    if step.input["sku"] == "none":
        raise LookupError("no stock")
    print(json.dumps({"effect": ["do", step.idempotency_key, step.input]}))
    return {"reserved": step.input["sku"]}

def undo_reserve_stock(step):
    print(json.dumps({"effect": ["undo", step.undoes, step.result]}))

def ask_approval(step):
    print(json.dumps({"effect": ["ask", step.task_token]}))
"""


def order(ident: str) -> dict[str, object]:
    return {"order_id": ident, "items": [{"sku": "x"}]}


def step(
    sku: str = "x", key: str = "one/reserve-stock", name: str = "reserve-stock", **more: object
) -> dict[str, object]:
    return {"saga": "place", "step": name, "idempotency_key": key, "input": {"sku": sku}, **more}


def undo() -> dict[str, object]:
    return step(key="one/reserve-stock/undo", undoes="one/reserve-stock", result={"reserved": "x"})


@pytest.mark.parametrize("stub", [STEPPED, PLAIN_STEPS], ids=["remembered", "plain"])
def test_a_step_is_done_undone_and_asked_for(stub: FunctionStub, tmp_path: Path) -> None:
    events = [step(), undo(), step(name="approval", key="one/approval", task_token="token")]  # noqa: S106
    run = invoke(write(stub, tmp_path, LOGIC), events, STORE)
    assert run.answers == [{"reserved": "x"}, None, None]
    assert run.effects == [
        ["do", "one/reserve-stock", {"sku": "x"}],
        ["undo", "one/reserve-stock", {"reserved": "x"}],
        ["ask", "token"],
    ]
    assert [(line["message"], line["key"], line["outcome"]) for line in run.records] == [
        ("reserve-stock", "one/reserve-stock", "handled"),
        ("reserve-stock", "one/reserve-stock/undo", "handled"),
        ("approval", "one/approval", "handled"),
    ]


def test_a_step_that_was_done_answers_as_it_did_then(tmp_path: Path) -> None:
    run = invoke(write(STEPPED, tmp_path, LOGIC), [step(), step(), step(key="two/reserve-stock")], STORE)
    assert run.answers == [{"reserved": "x"}] * 3
    assert [effect[1] for effect in effects(run)] == ["one/reserve-stock", "two/reserve-stock"]


def test_a_step_that_failed_may_be_tried_again(tmp_path: Path) -> None:
    run = invoke(write(STEPPED, tmp_path, LOGIC), [step("none"), step("x")], STORE)
    assert "LookupError" in str(run.answers[0])
    assert run.answers[1] == {"reserved": "x"}
    assert [line["outcome"] for line in run.records] == ["failed", "handled"]


def effects(run: Any) -> list[Any]:  # noqa: ANN401 - what the driver printed
    found: list[Any] = run.effects
    return found


def test_an_execution_is_started_under_the_key_of_its_message(tmp_path: Path) -> None:
    made = write(STARTER, tmp_path)
    odd = "a/b c"
    run = invoke(
        made, [batch(record(order("o-1"), "1"), record(order(odd), "2"), record(order("again"), "3"))], MACHINE
    )
    assert run.answers == [{"batchItemFailures": []}]
    assert [(sent["stateMachineArn"], sent["name"]) for sent in run.sent] == [
        ("arn:place", "o-1"),
        ("arn:place", name_of(odd)),
        ("arn:place", "again"),
    ]


def name_of(key: str) -> str:
    """A key that AWS takes neither as an id nor as a name is its digest, which is both."""
    return hashlib.sha256(key.encode()).hexdigest()


def test_the_team_writes_nothing_of_a_starter() -> None:
    from penstock.emit.python import emit_function

    made = emit_function(STARTER)
    assert made.created_once == {}
    assert made.copies == {}
    assert "functions/place-starter/place_starter_logic.py" in made.files


def test_the_token_of_a_callback_is_handed_on_and_answered(tmp_path: Path) -> None:
    logic = """
import resume

def handle_order_placed(message, *, task_token):
    resume.beat(task_token)
    if message.order_id == "no":
        resume.fail(task_token, "Refused", "not this time")
    else:
        resume.succeed(task_token, {"by": "Ada"})
"""
    records = []
    for ident in ("yes", "no"):
        one: dict[str, Any] = record(order(ident), ident, name="OrderPlaced")
        one["messageAttributes"]["task_token"] = {"stringValue": f"token-{ident}", "dataType": "String"}
        records.append(one)
    run = invoke(write(ANSWERING, tmp_path, logic), [batch(*records)], STORE)
    assert run.answers == [{"batchItemFailures": []}]
    answers = [sent for sent in run.sent if "answer" in sent]
    assert [(sent["answer"], sent["taskToken"]) for sent in answers] == [
        ("heartbeat", "token-yes"),
        ("success", "token-yes"),
        ("heartbeat", "token-no"),
        ("failure", "token-no"),
    ]
    assert answers[1]["output"] == '{"by": "Ada"}'
    assert answers[3]["error"] == "Refused"
