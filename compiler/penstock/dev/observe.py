"""Reads what the embedded AWS knows of messages, without disturbing it: handlers' log lines and queues' contents.

Generated handlers log one JSON line per record, `{"penstock": "record", ...}`. ministack writes a handler's output into
CloudWatch Logs after each invocation, and shows the messages of a queue under `/_ministack/sqs/messages` with their
receive counts, which a ReceiveMessage would have raised.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from penstock.dev import DevError
from penstock.dev.deploy import Stack
from penstock.dev.embedded import EmbeddedAws
from penstock.dev.places import Places, QueuePlace, parsed


@dataclass(frozen=True, slots=True)
class Record:
    """A handler's own account of one record: `outcome` is handled, duplicate, failed or poison."""

    function: str
    queue: str | None
    message: str | None
    key: str | None
    receive_count: int
    outcome: str
    error: str
    digest: str


@dataclass(frozen=True, slots=True)
class Lying:
    """A message that lies in a queue, unwrapped from the envelope of SNS or EventBridge."""

    queue: QueuePlace
    payload: str
    receive_count: int


@dataclass(frozen=True, slots=True)
class Observations:
    """All that could be seen at one moment; `other_lines` are the handlers' lines that are no records."""

    records: tuple[Record, ...]
    lying: tuple[Lying, ...]
    other_lines: tuple[str, ...] = ()


def observe(aws: EmbeddedAws, stack: Stack, places: Places) -> Observations:
    """What handlers have logged and what lies in the queues now."""
    lines = list(_lines(aws, stack))
    records = [record for line in lines if (record := _record(line)) is not None]
    others = [line for line in lines if _record(line) is None]
    lying = [message for queue in places.queues for message in messages_in(aws, stack, queue)]
    return Observations(tuple(records), tuple(lying), tuple(others))


def payload_of(body: str) -> str:
    """The payload within a queue message's body: SNS, EventBridge and Lambda's destinations wrap it."""
    return _unwrapped(parsed(body)) or body


def _unwrapped(envelope: object) -> str | None:
    """The payload within an envelope; None for what is none."""
    if not isinstance(envelope, dict):
        return None
    if envelope.get("Type") == "Notification" and isinstance(envelope.get("Message"), str):
        return str(envelope["Message"])
    if "detail-type" in envelope and "detail" in envelope:
        return json.dumps(envelope["detail"], separators=(",", ":"))
    if "requestContext" in envelope and "requestPayload" in envelope:
        event = envelope["requestPayload"]
        return _unwrapped(event) or json.dumps(event, separators=(",", ":"))
    match envelope:
        case {"Records": [{"Sns": {"Message": str(message)}}]}:
            return message
        case {"KinesisBatchInfo": _, "payload": str(records)}:
            return _of_stream(parsed(records))
        case _:
            return None


def _of_stream(records: object) -> str | None:
    """The payload of a record that a handler could not read, as far as it has the form of one; else its data."""
    match records:
        case {"Records": [{"kinesis": {"data": str(encoded)}}]}:
            text = base64.b64decode(encoded).decode(errors="replace")
        case _:
            return None
    record = parsed(text)
    if isinstance(record, dict) and "data" in record:
        return json.dumps(record["data"], separators=(",", ":"))
    return text


def _lines(aws: EmbeddedAws, stack: Stack) -> Iterator[str]:
    """Every line that the stack's handlers wrote, without Lambda's own START, END and REPORT.

    A function writes into the log group that the stack declares for it, else into one of its own name.
    """
    own = {*stack.resources.values(), *(f"/aws/lambda/{name}" for name in stack.resources.values())}
    for group in _pages(aws, "describe_log_groups", "logGroups"):
        if group["logGroupName"] not in own:
            continue
        for event in _pages(aws, "filter_log_events", "events", logGroupName=group["logGroupName"]):
            line = str(event["message"])
            if not line.startswith(("START RequestId:", "END RequestId:", "REPORT RequestId:")):
                yield line


def _pages(aws: EmbeddedAws, operation: str, member: str, **arguments: str) -> Iterator[dict[str, Any]]:
    """The items of all pages of an operation of CloudWatch Logs."""
    more: dict[str, str] = {}
    while True:
        page = aws.call("logs", operation, **arguments, **more)
        yield from page[member]
        if "nextToken" not in page:
            return
        more = {"nextToken": page["nextToken"]}


def _record(line: str) -> Record | None:
    """The record that a log line tells of; None for any other line."""
    data = parsed(line) if line.startswith("{") else None
    if not isinstance(data, dict) or data.get("penstock") != "record":
        return None
    key = data.get("key")
    return Record(
        function=str(data.get("function")),
        queue=data.get("queue"),
        message=data.get("message"),
        key=key if key is None or isinstance(key, str) else json.dumps(key),
        receive_count=int(data.get("receive_count") or 1),
        outcome=str(data.get("outcome")),
        error=str(data.get("error") or ""),
        digest=str(data.get("body_sha256")),
    )


def messages_in(aws: EmbeddedAws, stack: Stack, queue: QueuePlace) -> Iterator[Lying]:
    """The messages of one queue, visible or not."""
    url = stack.physical(queue.logical_id)
    reply = aws.http("GET", f"/_ministack/sqs/messages?QueueUrl={quote(url, safe='')}")
    answer = parsed(reply.body.decode())
    if not isinstance(answer, dict) or "messages" not in answer:
        raise DevError(f"the queue {queue.name} cannot be looked into: {reply.body.decode(errors='replace')}")
    for regions in answer["messages"].values():
        for queues in regions.values():
            for messages in queues.values():
                for message in messages:
                    yield Lying(queue, payload_of(message["Body"]), int(message["ReceiveCount"]))
