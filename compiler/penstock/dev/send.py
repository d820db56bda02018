"""Sends messages the way a producer outside would: each door of the topology by its own API."""

import hashlib
import http.client
import json
from collections.abc import Callable
from dataclasses import replace

from penstock.dev import DevError
from penstock.dev.deploy import Stack
from penstock.dev.embedded import EmbeddedAws
from penstock.dev.places import EntryKind, Message, parsed, value_at

GROUP_LIMIT = 128  # characters of a message group id and of a deduplication id

OWN_BUS = "default"


def send(aws: EmbeddedAws, stack: Stack, message: Message) -> Message:
    """Sends one message through its door. A refusal by AWS is a fact about the message, kept in the result."""
    try:
        DOORS[message.entry.kind](aws, stack, message)
    except DevError as refusal:
        return replace(message, refusal=str(refusal))
    return message


def _to_api(aws: EmbeddedAws, stack: Stack, message: Message) -> None:
    """The public HTTP request; what the integration adds (attributes, group) is the template's business."""
    api = stack.physical(message.entry.logical_id)
    stage = stack.resources.get(message.entry.stage, message.entry.stage)
    path = f"/_aws/execute-api/{api}/{stage}/{message.entry.path.lstrip('/')}"
    headers = {"Content-Type": "application/json"}
    if message.entry.key:
        key = aws.call("apigateway", "get_api_key", apiKey=stack.physical(message.entry.key), includeValue=True)
        headers["x-api-key"] = key["value"]
    reply = aws.signed("execute-api", message.entry.method, path, message.payload.encode(), headers)
    if reply.status >= http.client.BAD_REQUEST:
        answer = reply.body.decode(errors="replace")
        raise DevError(f"{message.entry.method} {message.entry.path} answered {reply.status}: {answer}")


def _to_topic(aws: EmbeddedAws, stack: Stack, message: Message) -> None:
    """Publishes with the contract's name as the attribute `message`."""
    topic = stack.physical(message.entry.logical_id)
    aws.call(
        "sns",
        "publish",
        TopicArn=topic,
        Message=message.payload,
        MessageAttributes=_attributes(message),
        **_order(message),
    )


def _to_queue(aws: EmbeddedAws, stack: Stack, message: Message) -> None:
    """Sends with the contract's name as the attribute `message`."""
    queue = stack.physical(message.entry.logical_id)
    aws.call(
        "sqs",
        "send_message",
        QueueUrl=queue,
        MessageBody=message.payload,
        MessageAttributes=_attributes(message),
        **_order(message),
    )


def _bus(stack: Stack, message: Message) -> str:
    """The name of a bus; the account's own is no part of the stack."""
    name = message.entry.logical_id
    return name if name == OWN_BUS else stack.physical(name)


def _to_bus(aws: EmbeddedAws, stack: Stack, message: Message) -> None:
    """Puts an event; the bus answers per event, so a refusal is in the answer. ministack takes even what is no JSON."""
    if not isinstance(parsed(message.payload), dict):
        raise DevError("events refuses put_events: MalformedDetail: the payload is no JSON object")
    event = {
        "EventBusName": _bus(stack, message),
        "Source": message.entry.event_source,
        "DetailType": message.contract.detail_type or message.contract.name,
        "Detail": message.payload,
    }
    answer = aws.call("events", "put_events", Entries=[event])
    if answer["FailedEntryCount"]:
        result = answer["Entries"][0]
        raise DevError(f"events refused put_events: {result.get('ErrorCode')}: {result.get('ErrorMessage')}")


def _to_stream(aws: EmbeddedAws, stack: Stack, message: Message) -> None:
    """Puts a record under the contract's key, wrapped as generated senders do it."""
    stream = stack.physical(message.entry.logical_id)
    key = _group(message)
    data = f'{{"message":{json.dumps(message.contract.name)},"data":{message.payload}}}'
    aws.call("kinesis", "put_record", StreamName=stream, Data=data.encode(), PartitionKey=key)


def _to_function(aws: EmbeddedAws, stack: Stack, message: Message) -> None:
    """Invokes asynchronously, as a schedule does."""
    function = stack.physical(message.entry.logical_id)
    aws.call("lambda", "invoke", FunctionName=function, InvocationType="Event", Payload=message.payload.encode())


DOORS: dict[EntryKind, Callable[[EmbeddedAws, Stack, Message], None]] = {
    EntryKind.API: _to_api,
    EntryKind.BUS: _to_bus,
    EntryKind.FUNCTION: _to_function,
    EntryKind.QUEUE: _to_queue,
    EntryKind.STREAM: _to_stream,
    EntryKind.TOPIC: _to_topic,
}


def _attributes(message: Message) -> dict[str, dict[str, str]]:
    """The message attributes of queues and topics, by which subscriptions filter."""
    return {"message": {"DataType": "String", "StringValue": message.contract.name}}


def _order(message: Message) -> dict[str, str]:
    """Group and deduplication id where the channel is FIFO; the group alone where it is fair."""
    if message.entry.fair:
        return {"MessageGroupId": _group(message)}
    if not message.entry.fifo:
        return {}
    unique = message.identity or _digest(message.payload)
    return {"MessageGroupId": _group(message), "MessageDeduplicationId": _fitting(unique)}


def _group(message: Message) -> str:
    """What orders the message, or whose share it is; a payload without the key has a group of its own, as it must have one."""
    return _fitting(value_at(message.payload, message.contract.key) or _digest(message.payload))


def _fitting(value: str) -> str:
    """An id that AWS takes: printable ASCII up to the limit, else a digest in its place."""
    return value if value.isascii() and value.isprintable() and len(value) <= GROUP_LIMIT else _digest(value)


def _digest(text: str) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
