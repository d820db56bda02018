"""Built handlers start in Lambda's runtime interface client of Node.js, and answer what it hands them.

npm compiles that client with libcurl on the spot, for two minutes, so it is no part of the usual tests: ``make ric``
installs it and says here where it is.
"""

import os
from pathlib import Path

import pytest

from tests.emit_python.generated import batch, record
from tests.emit_python.samples import CONDITIONAL, PLAIN_STEPS
from tests.emit_typescript.project import run, write
from tests.emit_typescript.test_typescript import LOGIC, STEP
from tests.runtime_api import Answer, invoked

CLIENT = os.environ.get("PENSTOCK_TEST_LAMBDA_RIC", "")
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "AWS_REGION": "eu-central-1",
    "AWS_LAMBDA_FUNCTION_NAME": "physical-name-of-the-function",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
    "AWS_LAMBDA_LOG_GROUP_NAME": "group",
    "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
}
GOOD = {"order_id": "a", "items": [{"sku": "x"}]}
BROKEN = {"order_id": "broken", "items": [{"sku": "x"}]}
PROJECT = {"polling": CONDITIONAL, "stepping": PLAIN_STEPS}

pytestmark = pytest.mark.skipif(not CLIENT, reason="`make ric` installs the client, which takes minutes to compile")


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write(PROJECT, tmp_path_factory.mktemp("typescript"), dict.fromkeys(PROJECT, LOGIC))
    run(["node", "build.mjs"], folder, 60)
    return folder / "dist"


def answers(folder: Path, *events: object) -> list[Answer]:
    started = {**ENVIRONMENT, "LAMBDA_TASK_ROOT": str(folder), "_HANDLER": "handler.handler"}
    return invoked(["node", CLIENT, "handler.handler"], folder, events, started)


def test_a_queue_s_batch_is_answered_with_what_failed(dist: Path) -> None:
    one_bad, all_good = batch(record(GOOD, "1"), record(BROKEN, "2")), batch(record(GOOD, "3"))
    assert answers(dist / "polling", one_bad, all_good) == [
        Answer({"batchItemFailures": [{"itemIdentifier": "2"}]}),
        Answer({"batchItemFailures": []}),
    ]


def test_a_step_of_a_saga_answers_with_its_result(dist: Path) -> None:
    assert answers(dist / "stepping", STEP) == [Answer({"reserved": 1})]
