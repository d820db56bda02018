"""Events in the shapes in which AWS hands messages to code, around payloads that are given.

Identities, times and addresses are the same every time, so that an event can be committed and compared.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from penstock.emit.python_types import DirectStub, SourceStub, StepStub, StreamStub
from penstock.hops.wrapping import Envelope
from penstock.records import NamedTuple

Event = dict[str, Any]

REGION, ACCOUNT = "eu-central-1", "111122223333"
SENT_MS = 1_767_323_045_000
SENT = "2026-01-02T03:04:05Z"
TOKEN = "a-task-token"  # noqa: S105 - the name says what it stands for


class Delivered(NamedTuple):
    """A message at its receiver: its ``payload`` is a JSON value or, with ``raw``, a text that is none.

    ``number`` tells messages of one batch apart, ``receives`` says how often it has come, ``group`` is what keeps it in order.
    """

    message: str
    payload: Any
    raw: str | None = None
    number: int = 1
    receives: int = 1
    group: str = ""

    @property
    def text(self) -> str:
        """The payload as it travels."""
        return json.dumps(self.payload, separators=(",", ":")) if self.raw is None else self.raw

    @property
    def identity(self) -> str:
        """An identity as AWS gives one."""
        return f"00000000-0000-4000-8000-{self.number:012d}"

    def wrapped(self) -> Event:
        """The payload with its contract's name beside it."""
        return {"message": self.message, "data": self.payload}


def arn(service: str, name: str) -> str:
    """The address of something that a message comes from, in an account that nobody has."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}"


def queue_event(source: SourceStub, messages: Sequence[Delivered], *, resumes: bool, owner: str) -> Event:
    """What Lambda makes of messages in a queue."""
    return {"Records": [_record(source, each, resumes=resumes, owner=owner) for each in messages]}


def polled(source: SourceStub, messages: Sequence[Delivered], *, resumes: bool, owner: str) -> Event:
    """The same messages as ReceiveMessage answers with them."""
    records = [_record(source, each, resumes=resumes, owner=owner) for each in messages]
    return {
        "Messages": [
            {
                "MessageId": record["messageId"],
                "ReceiptHandle": record["receiptHandle"],
                "MD5OfBody": record["md5OfBody"],
                "Body": record["body"],
                "Attributes": record["attributes"],
                "MessageAttributes": {
                    name: {"StringValue": one["stringValue"], "DataType": one["dataType"]}
                    for name, one in record["messageAttributes"].items()
                },
            }
            for record in records
        ]
    }


def _record(source: SourceStub, message: Delivered, *, resumes: bool, owner: str) -> Event:
    envelope = source.envelopes[0]
    name = source.queue.rpartition("/")[2] + (".fifo" if source.fifo else "")
    body = _in_queue(envelope, message, source.detail_types, owner)
    attributes = {
        "ApproximateReceiveCount": str(message.receives),
        "SentTimestamp": str(SENT_MS),
        "SenderId": "AROAEXAMPLE:penstock",
        "ApproximateFirstReceiveTimestamp": str(SENT_MS + 1),
    }
    if source.fifo:
        attributes |= {
            "MessageGroupId": message.group,
            "MessageDeduplicationId": message.identity,
            "SequenceNumber": f"{message.number:020d}",
        }
    given = {"message": message.message} if envelope is Envelope.DIRECT else {}
    given |= {"task_token": TOKEN} if resumes else {}
    return {
        "messageId": message.identity,
        "receiptHandle": f"receipt-{message.number}-{message.receives}",
        "body": body,
        "attributes": attributes,
        "messageAttributes": {
            key: {"stringValue": value, "stringListValues": [], "binaryListValues": [], "dataType": "String"}
            for key, value in given.items()
        },
        "md5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": arn("sqs", name),
        "awsRegion": REGION,
    }


def _in_queue(envelope: Envelope, message: Delivered, detail_types: Mapping[str, str], owner: str) -> str:
    """The body of a message in a queue."""
    match envelope:
        case Envelope.NOTIFICATION:
            body = _notification(owner, message, message.text)
        case Envelope.EVENT:
            body = _event(owner, message, detail_types, message.payload)
        case Envelope.WRAPPED:
            body = message.wrapped()
        case Envelope.INVOCATION:
            body = {
                "version": "1.0",
                "timestamp": SENT,
                "requestContext": {"requestId": message.identity, "condition": "RetriesExhausted"},
                "requestPayload": _event(owner, message, detail_types, message.payload),
            }
        case Envelope.DIRECT | Envelope.BARE:
            return message.text
    return json.dumps(body, separators=(",", ":"))


def _notification(topic: str, message: Delivered, text: str) -> Event:
    return {
        "Type": "Notification",
        "MessageId": message.identity,
        "TopicArn": arn("sns", topic),
        "Message": text,
        "Timestamp": f"{SENT[:-1]}.000Z",
        "MessageAttributes": {"message": {"Type": "String", "Value": message.message}},
    }


def _event(owner: str, message: Delivered, detail_types: Mapping[str, str], detail: object) -> Event:
    named = {contract: detail_type for detail_type, contract in detail_types.items()}
    return {
        "version": "0",
        "id": message.identity,
        "detail-type": named.get(message.message, message.message),
        "source": owner,
        "account": ACCOUNT,
        "time": SENT,
        "region": REGION,
        "resources": [],
        "detail": detail,
    }


def direct_event(direct: DirectStub, message: Delivered, owner: str) -> Event:
    """What a topic, or a rule of a bus, invokes a function with."""
    inner = message.wrapped() if direct.wrapped else message.payload
    if direct.kind != "topic":
        return _event(owner, message, direct.detail_types, inner)
    text = json.dumps(inner, separators=(",", ":")) if direct.wrapped else message.text
    subscription = f"{arn('sns', direct.name)}:{message.identity}"
    notification = _notification(direct.name, message, text)
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": subscription,
                "Sns": {**notification, "Subject": None},
            }
        ]
    }


def stream_event(stream: StreamStub, messages: Sequence[Delivered], keys: Sequence[str]) -> Event:
    """What Lambda makes of records in a stream, or of changes of a table with such ``keys``."""
    shaped: Callable[[Delivered], Event] = (
        (lambda each: _put(stream, each)) if stream.image is None else (lambda each: _change(stream, each, keys))
    )
    return {"Records": [shaped(each) for each in messages]}


def _put(stream: StreamStub, message: Delivered) -> Event:
    data = json.dumps(message.wrapped(), separators=(",", ":"))
    sequence = f"{message.number:056d}"
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": message.group,
            "sequenceNumber": sequence,
            "data": base64.b64encode(data.encode()).decode(),
            "approximateArrivalTimestamp": SENT_MS / 1000,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-000000000000:{sequence}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": f"arn:aws:iam::{ACCOUNT}:role/{stream.stream}",
        "awsRegion": REGION,
        "eventSourceARN": arn("kinesis", f"stream/{stream.stream}"),
    }


def _change(stream: StreamStub, message: Delivered, keys: Sequence[str]) -> Event:
    image = stream.image or "NewImage"
    item = {name: attribute_value(value) for name, value in dict(message.payload).items()}
    missing: Event = {"S": message.group}
    return {
        "eventID": f"{message.number:032x}",
        "eventName": "REMOVE" if image == "OldImage" else "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": {
            "ApproximateCreationDateTime": SENT_MS // 1000,
            "Keys": {name: item.get(name, missing) for name in keys},
            image: item,
            "SequenceNumber": f"{message.number:021d}",
            "SizeBytes": len(message.text),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": arn("dynamodb", f"table/{stream.stream}/stream/2026-01-01T00:00:00.000"),
    }


def attribute_value(value: Any) -> Event:  # noqa: ANN401 - JSON
    """A JSON value in DynamoDB's notation."""
    match value:
        case bool():
            return {"BOOL": value}
        case None:
            return {"NULL": True}
        case int() | float():
            return {"N": json.dumps(value)}
        case str():
            return {"S": value}
        case list():
            return {"L": [attribute_value(each) for each in value]}
        case _:
            return {"M": {name: attribute_value(each) for name, each in value.items()}}


def request(route: str, message: Delivered) -> Event:
    """What API Gateway invokes a function with, by proxy integration."""
    method, _, path = route.partition(" ")
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": {"Content-Type": "application/json"},
        "queryStringParameters": None,
        "pathParameters": None,
        "requestContext": {"requestId": message.identity, "resourcePath": path, "httpMethod": method},
        "body": message.text,
        "isBase64Encoded": False,
    }


def step_event(step: StepStub, given: object) -> Event:
    """What a saga invokes a function with: to do a step, to undo it, or to have somebody asked."""
    key = f"execution-1/{step.step}"
    event = {"saga": step.saga, "step": step.step, "idempotency_key": key, "input": given}
    if step.undoes:
        return event | {"idempotency_key": f"{key}/undo", "undoes": key, "result": None}
    return event | ({"task_token": TOKEN} if step.asks else {})
