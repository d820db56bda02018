"""Generated handlers start in Lambda's runtime interface client, and answer what it hands them."""

import os
import sys
from dataclasses import replace
from pathlib import Path

from penstock.emit.python_types import FunctionStub
from tests.emit_python.generated import batch, put, record, write
from tests.emit_python.samples import CLICKS, CONDITIONAL, LOGIC, PLAIN_STEPS, TOPIC
from tests.runtime_api import Answer, invoked

ORDER = {"order_id": "a", "items": [{"sku": "x"}]}
BROKEN = {"order_id": "broken", "items": [{"sku": "x"}]}
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_LAMBDA_FUNCTION_NAME": "physical-name-of-the-function",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
}
CLIENT = [sys.executable, "-m", "awslambdaric", "handler.handler"]


def answers(stub: FunctionStub, logic: str, folder: Path, *events: object) -> list[Answer]:
    return invoked(CLIENT, write(stub, folder, logic), events, ENVIRONMENT)


def test_a_queue_s_batch_is_answered_with_what_failed(tmp_path: Path) -> None:
    one_bad, all_good = batch(record(ORDER, "1"), record(BROKEN, "2")), batch(record(ORDER, "3"))
    assert answers(CONDITIONAL, LOGIC, tmp_path, one_bad, all_good) == [
        Answer({"batchItemFailures": [{"itemIdentifier": "2"}]}),
        Answer({"batchItemFailures": []}),
    ]


def test_a_stream_s_batch_is_answered_with_the_first_that_failed(tmp_path: Path) -> None:
    reader = replace(CONDITIONAL, sources=(), streams=(CLICKS,))
    wrapped = [{"message": "OrderPlaced", "data": each} for each in (ORDER, BROKEN)]
    (answer,) = answers(reader, LOGIC, tmp_path, batch(*(put(each, str(at)) for at, each in enumerate(wrapped, 1))))
    assert answer == Answer({"batchItemFailures": [{"itemIdentifier": "2"}]})


def test_a_failed_invocation_is_an_error_that_lambda_tries_again(tmp_path: Path) -> None:
    direct = replace(CONDITIONAL, sources=(), directs=(TOPIC,))
    named = {"message": {"Type": "String", "Value": "OrderPlaced"}}
    sent = {
        "Type": "Notification",
        "Message": "no json",
        "MessageAttributes": named,
        "Timestamp": "2026-01-01T00:00:00.000Z",
    }
    event = {"Records": [{"EventSource": "aws:sns", "Sns": sent}]}
    (answer,) = answers(direct, LOGIC, tmp_path, event)
    assert answer.error["errorType"] == "MessageError"


def test_a_step_of_a_saga_answers_with_its_result(tmp_path: Path) -> None:
    logic = """
def do_reserve_stock(step):
    return {"reserved": step.input["order_id"]}

def undo_reserve_stock(step): ...
def ask_approval(step): ...
"""
    event = {"saga": "place", "step": "reserve-stock", "idempotency_key": "k", "input": ORDER}
    (answer,) = answers(PLAIN_STEPS, logic, tmp_path, event)
    assert answer == Answer({"reserved": "a"})
