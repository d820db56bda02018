"""Writes generated functions into a folder and runs their handlers as Lambda would: in a process of their own."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from penstock.emit.python import emit_function
from penstock.emit.python_types import FunctionStub, PythonFunction

DRIVER = Path(__file__).with_name("driver.py")
NOW_MS = 1_700_000_000_000


def write(stub: FunctionStub, folder: Path, logic: str | None = None) -> Path:
    """The function's own folder, complete; `logic` stands in for what the team would have written."""
    return laid(emit_function(stub), folder, logic) / stub.name


def laid(made: PythonFunction, folder: Path, logic: str | None = None) -> Path:
    """The folder of all functions, with this one in it."""
    own = {target: logic or made.created_once[origin] for target, origin in made.copies.items()}
    for path, text in {**made.files, **own}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder / "functions"


@dataclass(frozen=True)
class Run:
    """What came of invocations: answers or errors, log lines of records, metrics, and calls to AWS and to the team."""

    answers: list[Any]
    records: list[dict[str, object]]
    metrics: list[dict[str, object]]
    sent: list[dict[str, object]]
    effects: list[object]
    output: str


def invoke(folder: Path, events: Sequence[object], environment: Mapping[str, str] | None = None) -> Run:
    variables = {
        "PATH": os.environ["PATH"],
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_LAMBDA_FUNCTION_NAME": "physical-name-of-the-function",
        "POWERTOOLS_SERVICE_NAME": "somebody-elses-choice",
        **(environment or {}),
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", str(DRIVER)],
        cwd=folder,
        env=variables,
        input=json.dumps(list(events)),
        text=True,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return Run(
        answers=[line["answer"] for line in lines if "answer" in line],
        records=[line for line in lines if line.get("penstock") == "record"],
        metrics=[line for line in lines if "_aws" in line],
        sent=[line["sent"] for line in lines if "sent" in line],
        effects=[line["effect"] for line in lines if "effect" in line],
        output=done.stdout + done.stderr,
    )


def record(body: object, ident: str = "m1", group: str | None = None, name: str | None = None) -> dict[str, object]:
    """A record as Lambda gets it from SQS."""
    attributes = {"ApproximateReceiveCount": "2", "SentTimestamp": str(NOW_MS)}
    return {
        "messageId": ident,
        "body": body if isinstance(body, str) else json.dumps(body),
        "attributes": attributes | ({"MessageGroupId": group} if group else {}),
        "messageAttributes": {"message": {"stringValue": name, "dataType": "String"}} if name else {},
        "eventSourceARN": "arn:aws:sqs:eu-central-1:111122223333:orders",
        "eventSource": "aws:sqs",
    }


def put(data: object, ident: str = "1", key: str = "k", stream: str = "arn:clicks") -> dict[str, object]:
    """A record as Lambda gets it from Kinesis; bytes and text are its data as they are."""
    text = data if isinstance(data, str | bytes) else json.dumps(data)
    kinesis = {
        "kinesisSchemaVersion": "1.0",
        "partitionKey": key,
        "sequenceNumber": ident,
        "data": base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode(),
        "approximateArrivalTimestamp": NOW_MS / 1000,
    }
    return {"eventSource": "aws:kinesis", "eventSourceARN": stream, "eventID": f"shard:{ident}", "kinesis": kinesis}


def batch(*records: dict[str, object]) -> dict[str, object]:
    return {"Records": list(records)}
