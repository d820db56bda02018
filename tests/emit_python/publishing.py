"""What senders say to queues, topics, streams and buses, and what those answer: all of a call, some of its entries, or none."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

BATCHES = {
    "SendMessageBatch": "Entries",
    "PublishBatch": "PublishBatchRequestEntries",
    "PutRecords": "Records",
    "PutEvents": "Entries",
}
"""The calls that are answered entry by entry, and where their entries are."""
SINGLE = ("SendMessage", "Publish", "PutRecord")
SENDING = {*BATCHES, *SINGLE}


class Sent(NamedTuple):
    """A message on its way into a channel; the key is that of its order."""

    channel: str
    text: str
    key: str
    name: str = "OrderPlaced"
    source: str = "orders"


def sent(operation: str, given: Mapping[str, Any], refusal: Callable[[int], str]) -> tuple[list[Sent], dict[str, Any]]:
    """What of a call gets through, and its answer; `refusal` has the error of an entry, by its place, or nothing."""
    if operation in SINGLE:
        return [_one(given, given)], {}
    entries = given[BATCHES[operation]]
    refused = {at: code for at in range(len(entries)) if (code := refusal(at))}
    through = [_one(given, entry) for at, entry in enumerate(entries) if at not in refused]
    if operation in ("SendMessageBatch", "PublishBatch"):
        failed = [{"Id": entries[at]["Id"], "Code": code, "SenderFault": True} for at, code in refused.items()]
        return through, {"Failed": failed}
    results = [{"ErrorCode": refused[at]} if at in refused else {} for at in range(len(entries))]
    count = "FailedEntryCount" if operation == "PutEvents" else "FailedRecordCount"
    return through, {count: len(refused), "Entries" if operation == "PutEvents" else "Records": results}


def _one(call: Mapping[str, Any], entry: Mapping[str, Any]) -> Sent:
    if "DetailType" in entry:
        return Sent(entry["EventBusName"], entry["Detail"], "", entry["DetailType"], entry["Source"])
    if "PartitionKey" in entry:
        record = json.loads(entry["Data"])
        return Sent(call["StreamARN"], json.dumps(record["data"]), entry["PartitionKey"], record["message"])
    name = entry["MessageAttributes"]["message"]["StringValue"]
    key = entry.get("MessageGroupId", "")
    if "TopicArn" in call:
        return Sent(call["TopicArn"], entry["Message"], key, name)
    return Sent(call["QueueUrl"], entry["MessageBody"], key, name)
