"""The team's own handler: it does each job once, hands it on, and names the ones that failed."""

import json
import os
from typing import Any

import boto3


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Work on a batch of a queue."""
    del context
    failed = []
    for record in event["Records"]:
        try:
            do(record["body"])
        except LookupError:
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def do(body: str) -> None:
    """Do a job; the one that cannot be done fails."""
    job = json.loads(body)["job_id"]
    if job == "impossible":
        raise LookupError(job)
    boto3.client("dynamodb").put_item(TableName=os.environ["PENSTOCK_STORE_DONE"], Item={"job_id": {"S": job}})
    boto3.client("sqs").send_message(
        QueueUrl=os.environ["PENSTOCK_QUEUE_PAPERS"],
        MessageBody=body,
        MessageAttributes={"message": {"DataType": "String", "StringValue": "JobWanted"}},
    )


def note(event: dict[str, Any], context: Any) -> str:  # noqa: ANN401 - Lambda's
    """Write down what invoked the function, and as which of its versions."""
    job = event.get("detail", event)
    if "Records" in event:
        job = json.loads(event["Records"][0]["Sns"]["Message"])
    if job["job_id"] == "impossible":
        raise LookupError(job["job_id"])
    item = {"job_id": {"S": job["job_id"]}, "version": {"S": context.function_version}}
    boto3.client("dynamodb").put_item(TableName=os.environ["PENSTOCK_STORE_DONE"], Item=item)
    return f"noted {job['job_id']}"


def hear(event: dict[str, Any], context: object) -> None:
    """Write down what a function answered when it succeeded."""
    del context
    for record in event["Records"]:
        success = json.loads(record["body"])
        sent = json.loads(success["requestPayload"]["Records"][0]["Sns"]["Message"])
        item = {"job_id": {"S": f"heard {sent['job_id']}"}, "answer": {"S": success["responsePayload"]}}
        boto3.client("dynamodb").put_item(TableName=os.environ["PENSTOCK_STORE_DONE"], Item=item)


def answer(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's
    """Answer a request of an API."""
    note(json.loads(event["body"]), context)
    return {"statusCode": 202, "body": "{}"}
