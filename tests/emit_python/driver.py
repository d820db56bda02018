"""Runs the handler in the working directory for each event on stdin; AWS is an in-memory stand-in unless told otherwise."""

# ruff: noqa: ANN401, T201 - boto3's calls take anything; what happened is told on stdout

import io
import json
import os
import sys
from typing import Any

import boto3
from botocore.exceptions import ClientError, ConnectTimeoutError


class Context:
    function_name = "physical-name-of-the-function"
    memory_limit_in_mb = 128
    invoked_function_arn = "arn:aws:lambda:eu-central-1:111122223333:function:f"
    aws_request_id = "request"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return int(os.environ.get("REMAINING_MS", "10000"))


class Events:
    """botocore's event system, as far as Powertools touches it."""

    def register_last(self, *_: object, **__: object) -> None: ...

    def register_first(self, *_: object, **__: object) -> None: ...


class Meta:
    events = Events()


class Stand:
    """DynamoDB with the one condition that Powertools writes, and channels that remember."""

    meta = Meta()
    items: dict[str, dict[str, Any]]
    objects: dict[str, bytes]

    def __init__(self) -> None:
        self.items = {}
        self.objects = {"OrderPlaced/forged": b"{}"}

    def put_object(self, **call: Any) -> None:
        self.objects[call["Key"]] = call["Body"]
        print(json.dumps({"sent": {"bucket": call["Bucket"], "key": call["Key"], "body": call["Body"].decode()}}))

    def get_object(self, **call: Any) -> dict[str, Any]:
        return {"Body": io.BytesIO(self.objects[call["Key"]])}

    def put_item(self, **call: Any) -> None:
        key = call["Item"]["id"]["S"]
        if key in self.items:
            error = {"Error": {"Code": "ConditionalCheckFailedException"}, "Item": self.items[key]}
            raise ClientError(error, "PutItem")  # type: ignore[arg-type, unused-ignore]
        self.items[key] = call["Item"]

    def update_item(self, **call: Any) -> None:
        names, values = call["ExpressionAttributeNames"], call["ExpressionAttributeValues"]
        changed = {names[name]: values[name.replace("#", ":")] for name in names}
        self.items[call["Key"]["id"]["S"]].update(changed)
        print(json.dumps({"sent": {"store": call["TableName"], "key": call["Key"]["id"]["S"]}}))

    def delete_item(self, **call: Any) -> None:
        del self.items[call["Key"]["id"]["S"]]

    def publish(self, **call: Any) -> None:
        print(json.dumps({"sent": call}))

    def send_message(self, **call: Any) -> None:
        if os.environ.get("REFUSED_QUEUE") == call["QueueUrl"]:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no right"}}, "SendMessage")
        if os.environ.get("SILENT_QUEUE") == call["QueueUrl"]:
            print(json.dumps({"sent": {"unheard": call["MessageBody"]}}))
            raise ConnectTimeoutError(endpoint_url=call["QueueUrl"])
        print(json.dumps({"sent": call}, default=repr))

    class exceptions:  # noqa: N801 - as boto3 has them
        class ExecutionAlreadyExists(Exception):  # noqa: N818 - as Step Functions has it
            pass

    def start_execution(self, **call: Any) -> None:
        print(json.dumps({"sent": call}))
        if call.get("name") == "again":
            raise self.exceptions.ExecutionAlreadyExists

    def send_task_success(self, **call: Any) -> None:
        print(json.dumps({"sent": {"answer": "success", **call}}))

    def send_task_failure(self, **call: Any) -> None:
        print(json.dumps({"sent": {"answer": "failure", **call}}))

    def send_task_heartbeat(self, **call: Any) -> None:
        print(json.dumps({"sent": {"answer": "heartbeat", **call}}))

    def put_record(self, **call: Any) -> None:
        print(json.dumps({"sent": {**call, "Data": call["Data"].decode()}}))

    def put_events(self, **call: Any) -> dict[str, Any]:
        print(json.dumps({"sent": call}))
        failed = "refuse" in call["Entries"][0]["Detail"]
        return {"FailedEntryCount": int(failed), "Entries": [{"ErrorCode": "Throttled", "ErrorMessage": "later"}]}


def main() -> None:
    if "AWS_ENDPOINT_URL" not in os.environ:
        stand = Stand()
        boto3.client = boto3.session.Session.client = lambda *_, **__: stand
    sys.path.insert(0, os.getcwd())  # noqa: PTH109
    from handler import handler  # type: ignore[import-not-found, unused-ignore]

    for event in json.load(sys.stdin):
        try:
            answer = handler(event, Context())
        except Exception as error:  # noqa: BLE001
            answer = {"raised": f"{type(error).__name__}: {error}"}
        print(json.dumps({"answer": answer}), flush=True)


main()
