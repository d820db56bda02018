"""Runs a state machine on moto's interpreter, with functions and channels that are Python code. Delays between retries pass at once."""

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest import mock

import boto3
import jsonata
from botocore.config import Config
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.common.error_name import custom_error_name
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_events as events
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_sns as sns
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_sqs as sqs
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.jsonata import jsonata as hook

from penstock.plan.values import GetAtt, Ref, Sub

REGION = "eu-central-1"
Function = Callable[[dict[str, Any]], object]


class Refused(Exception):  # noqa: N818 - an error of a function, by its name
    """An error that a function raises: Lambda tells its type."""

    def __init__(self, name: str, cause: str = "") -> None:
        super().__init__(cause)
        self.name = name


def evaluate(expression: str) -> Any:  # noqa: ANN401 - a JSON value
    """An expression's value, as plain JSON."""
    try:
        asked = jsonata.Jsonata(expression)
        asked.register_lambda("hash", lambda value, _: hashlib.sha256(str(value).encode()).hexdigest())
        found = asked.evaluate(None)
    except Exception:  # noqa: BLE001 - moto has no word for it: what cannot be evaluated gives nothing, which is AWS's error
        return False if expression.startswith("$exists(") else None
    return json.loads(json.dumps(found, default=_plain))


def _plain(value: object) -> str | None:
    return None if "NULL" in str(value) else str(value)


def settled(value: object) -> Any:  # noqa: ANN401 - a JSON value
    """A definition with addresses as they could be: of `OrdersQueue` the ARN or the name."""
    match value:
        case Ref(target):
            return target
        case GetAtt(target, _):
            return f"arn:aws:lambda:{REGION}:111122223333:function:{target}"
        case Sub(text):
            return re.sub(r"\$\{[^}]*\}", "aws", text)
        case Mapping():
            return {key: settled(inner) for key, inner in value.items()}
        case list() | tuple():
            return [settled(inner) for inner in value]
        case _:
            return value


def deployed(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The definition of a state machine in a template, with the addresses in it."""
    if properties["Definition"] is not None:
        return dict(settled(properties["Definition"]))
    text = properties["DefinitionString"]
    for mark, address in properties["DefinitionSubstitutions"].items():
        text = text.replace(f"${{{mark}}}", settled(address))
    return dict(json.loads(text))


class Interpreter:
    """State machines that call `functions`, by their name, and send to channels, which keep what they get in `sent`."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self.functions = functions
        self.sent: list[dict[str, Any]] = []
        self.client = boto3.client(
            "stepfunctions",
            region_name=REGION,
            aws_access_key_id="a",
            aws_secret_access_key="b",  # noqa: S106 - nobody's
            config=Config(parameter_validation=False),
        )

    def create(self, definition: Mapping[str, Any], name: str = "machine") -> str:
        made = self.client.create_state_machine(
            name=name, definition=json.dumps(settled(definition)), roleArn="arn:aws:iam::111122223333:role/saga"
        )
        return str(made["stateMachineArn"])

    def start(self, machine: str, data: object, name: str) -> str:
        started = self.client.start_execution(stateMachineArn=machine, name=name, input=json.dumps(data))
        return str(started["executionArn"])

    def ended(self, execution: str, seconds: float = 30) -> dict[str, Any]:
        """What became of an execution: its status and output, or error and cause."""
        end = time.monotonic() + seconds
        while True:
            found: dict[str, Any] = self.client.describe_execution(executionArn=execution)
            if found["status"] != "RUNNING":
                return found
            if time.monotonic() > end:
                raise TimeoutError(execution)
            time.sleep(0.005)

    def asked(self, seconds: float = 30) -> str:
        """The token of the first message that asks for an answer."""
        end = time.monotonic() + seconds
        while True:
            for sent in list(self.sent):
                if "task_token" in sent.get("MessageAttributes", {}):
                    return str(sent["MessageAttributes"]["task_token"]["StringValue"])
            if time.monotonic() > end:
                raise TimeoutError
            time.sleep(0.005)

    def run(self, machine: str, data: object, name: str = "one") -> dict[str, Any]:
        return self.ended(self.start(machine, data, name))

    def invoke(self, parameters: dict[str, Any], **_: object) -> dict[str, Any]:
        name = parameters["FunctionName"].rpartition(":")[2]
        payload = json.loads(parameters["Payload"])
        try:
            answer = self.functions[name](payload)
        except Refused as error:
            told = {"errorType": error.name, "errorMessage": str(error)}
            return {"FunctionError": "Unhandled", "Payload": told, "StatusCode": 200}
        return {"Payload": json.loads(json.dumps(answer)), "StatusCode": 200}

    def channel(self, **_: object) -> object:
        outer = self

        class Client:
            def __getattr__(self, action: str) -> Callable[..., dict[str, str]]:
                def send(**arguments: object) -> dict[str, str]:
                    outer.sent.append({"action": action, **arguments})
                    return {"MD5OfMessageBody": "", "MessageId": "m"}

                return send

        return Client()


@contextmanager
def interpreter(functions: Mapping[str, Function], *, waits: bool = False) -> Iterator[Interpreter]:
    """An interpreter in this process. Without ``waits`` a `Wait` takes no time either."""
    with (
        mock_aws(config={"stepfunctions": {"execute_state_machine": True}}),
        mock.patch.object(hook, "_eval_jsonata", evaluate),
    ):
        machine = Interpreter(functions)
        nothing = mock.Mock(sleep=lambda _: None, time=time.time)
        with (
            mock.patch.object(lambda_eval_utils, "_invoke_lambda_function", machine.invoke),
            mock.patch.object(events, "boto_client_for", machine.channel),
            mock.patch.object(sqs, "boto_client_for", machine.channel),
            mock.patch.object(sns, "boto_client_for", machine.channel),
            mock.patch.object(retrier_decl, "time", nothing),
            mock.patch.object(WaitFunction, "_wait_interval", _at_once) if not waits else nullcontext(),
            mock.patch.object(
                custom_error_name, "ILLEGAL_CUSTOM_ERROR_PREFIX", "\0"
            ),  # branches may fail with AWS's errors
        ):
            yield machine


def _at_once(self: WaitFunction, env: object, wait_seconds: int) -> None:
    del self, env, wait_seconds


__all__ = ["GetAtt", "Interpreter", "Ref", "Refused", "interpreter"]
