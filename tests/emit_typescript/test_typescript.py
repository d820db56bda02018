"""Generated TypeScript is typed, linted and built, and its handlers do what those in Python do."""

import base64
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from penstock.emit.samples import Kind
from penstock.emit.typescript_tests import harness, team_test
from tests.emit_python.generated import batch, put, record
from tests.emit_python.samples import (
    ALL,
    BURYING,
    BURYING_INVOKED,
    BURYING_READER,
    CONSUMER,
    DIRECT,
    FIFO,
    KEYED,
    POOLED,
    PUBLISHER,
    READER,
    STARTER,
    STEPPED,
    WRAPPED,
)
from tests.emit_python.samples import API as ROUTED
from tests.emit_typescript.project import Run, invoke, run, write

A = {"order_id": "a", "items": [{"sku": "x"}]}
B = {"order_id": "b", "items": [{"sku": "x"}]}
BROKEN = {"order_id": "broken", "items": [{"sku": "x"}]}
POISON = {"order_id": "p", "items": [{"sku": "secret-value"}, {"sku": 7, "customer": "secret-value"}]}
NAMED = {"message": {"Type": "String", "Value": "OrderPlaced"}}
WRITTEN = {**ALL, "pool": POOLED}
LINTED = (
    "all",
    "answering",
    "both",
    "burying-all",
    "every-way",
    "keyed",
    "offloading",
    "plain-steps",
    "pool",
    "starter",
    "two",
    "two-streams",
    "writer-of-both",
)
CALLED = {
    "burying": BURYING,
    "burying-fifo": replace(BURYING, sources=(replace(BURYING.sources[0], fifo=True),)),
    "burying-invoked": BURYING_INVOKED,
    "burying-reader": BURYING_READER,
    "consumer": CONSUMER,
    "fifo": FIFO,
    "wrapped": WRAPPED,
    "keyed": KEYED,
    "api": ROUTED,
    "direct": DIRECT,
    "reader": READER,
    "stepped": STEPPED,
    "starter": STARTER,
    "publisher": PUBLISHER,
}
LOGIC = """
export async function handleOrderPlaced(message: { readonly order_id: string }, ...given: unknown[]): Promise<void> {
    if (message.order_id === "broken") throw new TypeError("no stock");
    await Promise.resolve();
    console.log(JSON.stringify({ effect: [message.order_id, ...given] }));
}

export async function handleOrderConfirmed(message: { readonly order_id: string }): Promise<void> {
    await Promise.resolve();
    console.log(JSON.stringify({ effect: ["confirmed", message.order_id] }));
}

export async function doReserveStock(step: { readonly input: unknown }): Promise<unknown> {
    await Promise.resolve();
    console.log(JSON.stringify({ effect: step.input }));
    return { reserved: 1 };
}

export async function undoReserveStock(): Promise<unknown> {
    return Promise.resolve("undone");
}

export async function askApproval(): Promise<unknown> {
    return Promise.resolve(null);
}
"""
SENDING = """
import { publishOrderConfirmed, publishOrderConfirmedBatch, publishOrderPlaced } from "../functions/publisher/publish.js";
import { readOrderConfirmed, readOrderPlaced } from "../functions/publisher/messages.js";

export async function run(event: unknown): Promise<unknown> {
    const { placed, confirmed, many } = event as { placed?: unknown; confirmed?: unknown; many?: unknown[] };
    if (placed !== undefined) await publishOrderPlaced(readOrderPlaced(placed));
    if (confirmed !== undefined) await publishOrderConfirmed(readOrderConfirmed(confirmed));
    if (many !== undefined) await publishOrderConfirmedBatch(many as ReturnType<typeof readOrderConfirmed>[]);
    return "sent";
}
"""


def failures(*idents: str) -> dict[str, object]:
    return {"batchItemFailures": [{"itemIdentifier": ident} for ident in idents]}


def notified(body: object) -> dict[str, object]:
    sns = {"Type": "Notification", "Message": json.dumps(body), "MessageAttributes": NAMED}
    return {"Records": [{"EventSource": "aws:sns", "Sns": sns}]}


def clicked(data: object, ident: str, key: str) -> dict[str, object]:
    return put({"message": "OrderPlaced", "data": data}, ident, key)


TEXT = {"dataType": "String", "stringValue": "x"}
STEP = {"saga": "place", "step": "reserve-stock", "idempotency_key": "k", "input": {"n": 1}}
CONFIRMED = {"source": "shop", "detail-type": "order.confirmed", "detail": {"order_id": "c"}}
BLOB = {"dataType": "Binary", "binaryValue": "AP8="}
EVENTS: dict[str, list[object]] = {
    "burying": [
        batch(
            record(A, "1"),
            {**record(POISON, "2"), "messageAttributes": {"blob": BLOB, **{f"a{at}": TEXT for at in range(6)}}},
            record("no json", "3"),
            record("unburied", "4"),
            record(BROKEN, "5"),
        )
    ],
    "burying-fifo": [batch(record(A, "1", "g"), record(POISON, "2", "g"), record(B, "3", "g"))],
    "burying-invoked": [notified(POISON), notified(A)],
    "burying-reader": [batch(clicked(POISON, "1", "k"), clicked(A, "2", "k"))],
    "consumer": [batch(record(A, "1"), record(A, "2"), record(B, "3"), record(POISON, "4"), record("no json", "5"))],
    "fifo": [
        batch(
            record(A, "1", "g"),
            record(BROKEN, "2", "g"),
            record(B, "3", "g"),
            record({**A, "order_id": "other"}, "4", "h"),
        )
    ],
    "wrapped": [
        batch(
            record(A, "1", name="OrderPlaced"),
            record({"Type": "Notification", "Message": json.dumps(A), "MessageAttributes": NAMED}, "2"),
            record(CONFIRMED, "3"),
            record(A, "4", name="Elephant"),
        )
    ],
    "keyed": [batch(record(A))],
    "api": [{"httpMethod": "POST", "resource": "/orders", "body": json.dumps(each)} for each in (A, A, POISON, BROKEN)],
    "direct": [notified(A), notified(A), notified(BROKEN), CONFIRMED],
    "reader": [batch(clicked(A, "1", "a"), clicked(BROKEN, "2", "k"), clicked(B, "3", "k"), clicked(B, "4", "b"))],
    "stepped": [STEP, STEP, {**STEP, "undoes": "k", "idempotency_key": "u"}],
    "starter": [batch(record(A)), batch(record({**A, "order_id": "again"}))],
    "publisher": [
        {"placed": A},
        {"confirmed": {"order_id": "c"}},
        {"confirmed": {"order_id": "refuse"}},
        {"confirmed": {"order_id": "forbid"}},
        {"placed": POISON},
        {"many": [{"order_id": "d"}, {"order_id": "e"}]},
        {"many": [{"order_id": "f"}, {"order_id": "forbid"}]},
        {"many": [{"order_id": "g"}, {"order_id": 1}]},
    ],
}
VARIABLES = {
    "PENSTOCK_STORE_IDEMPOTENCY": "table-1",
    "PENSTOCK_TOPIC_LEDGER": "arn:aws:sns:eu-central-1:111122223333:ledger.fifo",
    "PENSTOCK_STREAM_CLICKS": "arn:aws:kinesis:eu-central-1:111122223333:stream/clicks",
    "PENSTOCK_STREAM_VIEWS": "arn:aws:kinesis:eu-central-1:111122223333:stream/views",
    "PENSTOCK_BUS_COMMERCE": "commerce",
    "PENSTOCK_SAGA_PLACE": "arn:aws:states:eu-central-1:111122223333:stateMachine:place",
}


def _sources() -> list[str]:
    """What the linter reads: of every kind of function one, because it takes long."""
    teams = [f"src/{name}.ts" for name in LINTED if not WRITTEN[name].starts]
    return [*(f"{WRITTEN[name].folder}/{name}" for name in LINTED), *teams]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    logic = dict.fromkeys(CALLED, LOGIC) | {"publisher": SENDING}
    folder = write(CALLED, tmp_path_factory.mktemp("called"), logic)
    run(["node", "build.mjs"], folder, 60)
    return invoke(folder, EVENTS, VARIABLES)


@pytest.mark.slow
def test_all_that_is_generated_is_typed_and_linted(tmp_path: Path) -> None:
    folder = write(WRITTEN, tmp_path)
    tests = harness("shop") | {
        f"tests/{name}.test.ts": team_test(name, {kind.value for kind in Kind}, once=name == "all")
        for name in ("all", "both")
    }
    (folder / "tests").mkdir()
    for name, text in tests.items():
        (folder / name).write_text(text)
    run(["node", "node_modules/typescript/bin/tsc"], folder, 120)
    run(["node", "node_modules/eslint/bin/eslint.js", "lib", "tests", *_sources()], folder, 180)


@pytest.mark.slow
def test_each_message_has_its_effect_once_and_poison_fails_alone(runs: dict[str, Run]) -> None:
    found = runs["consumer"]
    assert found.answers == [failures("4", "5")]
    assert found.effects == [["a"], ["b"]]
    assert [line["outcome"] for line in found.records] == ["handled", "duplicate", "handled", "failed", "failed"]
    assert [line["key"] for line in found.records] == ["a", "a", "b", None, None]
    assert found.records[3]["error"] == "MessageError: items[1].sku: should be text, is a whole number"
    assert found.records[4]["error"] == "MessageError: the payload is not JSON"
    assert found.records[0]["body_sha256"] == hashlib.sha256(json.dumps(A).encode()).hexdigest()
    assert [line["correlation_id"] for line in found.records] == ["1", "2", "3", "4", "5"]
    assert found.records[0]["service"] == found.records[0]["function"] == "consumer"
    assert "secret-value" not in found.output


def told(letter: dict[str, Any]) -> dict[str, str]:
    """What was told of a message that was buried."""
    attributes = letter["MessageAttributes"].items()
    return {name: each["StringValue"] for name, each in attributes if name.startswith("penstock.")}


@pytest.mark.slow
def test_what_cannot_be_read_is_buried_as_it_came_and_with_the_reason(runs: dict[str, Run]) -> None:
    found, reason = runs["burying"], "MessageError: items[1].sku: should be text, is a whole number"
    assert found.answers == [failures("4", "5")]
    assert found.effects == [["a"]]
    assert [line["outcome"] for line in found.records] == ["handled", "poison", "poison", "failed", "failed"]
    assert "; not taken by its dead-letter queue: AccessDenied: no right" in found.records[3]["error"]
    first, second = (sent for sent in found.sent if "MessageBody" in sent)
    assert (first["MessageBody"], second["MessageBody"]) == (json.dumps(POISON), "no json")
    assert first["MessageAttributes"]["blob"] == {"DataType": "Binary", "BinaryValue": "AP8="}
    assert len(first["MessageAttributes"]) == 10
    assert told(first) == {
        "penstock.reason": reason,
        "penstock.message_id": "2",
        "penstock.source": "fulfilment",
    }
    assert told(second)["penstock.function"] == "burying"
    assert told(second)["penstock.receive_count"] == "2"
    assert found.metrics[0]["Poison"] == [1, 1]


@pytest.mark.slow
def test_a_group_goes_on_behind_its_poison(runs: dict[str, Run]) -> None:
    found = runs["burying-fifo"]
    assert (found.answers, found.effects) == ([failures()], [["a"], ["b"]])
    (letter,) = (sent for sent in found.sent if "MessageBody" in sent)
    assert (letter["MessageGroupId"], letter["MessageDeduplicationId"]) == ("g", "2")


@pytest.mark.slow
def test_other_ways_bury_in_records_like_lambdas(runs: dict[str, Run]) -> None:
    invoked, read = runs["burying-invoked"], runs["burying-reader"]
    assert (invoked.answers, invoked.effects) == ([None, None], [["a"]])
    assert (read.answers, read.effects) == ([failures()], [["a"]])
    (letter,) = (sent for sent in invoked.sent if "MessageBody" in sent)
    assert json.loads(letter["MessageBody"])["requestPayload"] == notified(POISON)
    assert told(letter)["penstock.source"] == "topic 'orders'"
    (letter,) = (sent for sent in read.sent if "MessageBody" in sent)
    body = json.loads(letter["MessageBody"])
    assert json.loads(body["payload"]) == batch(clicked(POISON, "1", "k"))
    assert body["KinesisBatchInfo"]["startSequenceNumber"] == told(letter)["penstock.message_id"] == "1"


@pytest.mark.slow
def test_metrics_are_written_once_per_invocation(runs: dict[str, Run]) -> None:
    (metrics,) = runs["consumer"].metrics
    (directive,) = metrics["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("orders", [["function"]])
    assert metrics["ReceiveCount"] == [2] * 5
    assert metrics["Handled"] == [1, 1]
    assert metrics["Duplicate"] == 1


@pytest.mark.slow
def test_fifo_stops_at_the_first_failure_of_a_group_only(runs: dict[str, Run]) -> None:
    found = runs["fifo"]
    assert found.answers == [failures("2", "3")]
    assert found.effects == [["a"], ["other"]]
    assert "not tried: an earlier message of its group failed" in {line["error"] for line in found.records}


@pytest.mark.slow
def test_every_wrapping_is_taken_off(runs: dict[str, Run]) -> None:
    found = runs["wrapped"]
    assert found.answers == [failures("4")]
    assert found.effects == [["a"], ["a"], ["confirmed", "c"]]
    assert "'Elephant' is none of those that queue 'fulfilment' carries" in found.records[3]["error"]


@pytest.mark.slow
def test_the_team_gets_the_key_where_it_has_to_build_the_safeguard(runs: dict[str, Run]) -> None:
    assert runs["keyed"].effects == [["a", {"idempotencyKey": '[{"sku":"x"}]'}]]


@pytest.mark.slow
def test_an_api_answers(runs: dict[str, Run]) -> None:
    found = runs["api"]
    assert [answer.get("statusCode") for answer in found.answers] == [202, 202, 400, None]
    assert found.answers[3] == {"raised": "TypeError: no stock"}
    assert found.effects == [["a"]]


@pytest.mark.slow
def test_a_topic_and_a_bus_invoke_directly(runs: dict[str, Run]) -> None:
    found = runs["direct"]
    assert found.answers == [None, None, {"raised": "TypeError: no stock"}, None]
    assert found.effects == [["a"], ["confirmed", "c"]]
    assert [line["outcome"] for line in found.records] == ["handled", "duplicate", "failed", "handled"]


@pytest.mark.slow
def test_a_failed_record_of_a_stream_keeps_back_those_of_its_key(runs: dict[str, Run]) -> None:
    found = runs["reader"]
    assert found.answers == [failures("2", "3")]
    assert found.effects == [["a"], ["b"]]
    assert found.records[2]["error"] == "not tried: an earlier message of its key failed"


@pytest.mark.slow
def test_a_step_that_was_done_answers_with_what_it_answered_then(runs: dict[str, Run]) -> None:
    found = runs["stepped"]
    assert found.answers == [{"reserved": 1}, {"reserved": 1}, "undone"]
    assert found.effects == [{"n": 1}]


@pytest.mark.slow
def test_a_starter_starts_an_execution_once(runs: dict[str, Run]) -> None:
    found = runs["starter"]
    assert found.answers == [failures(), failures()]
    assert [sent["name"] for sent in found.sent] == ["a", "again"]


@pytest.mark.slow
def test_publishers_say_what_aws_needs_and_report_what_is_refused(runs: dict[str, Run]) -> None:
    found = runs["publisher"]
    assert found.answers[:2] == ["sent", "sent"]
    refused = "PublishError: PENSTOCK_BUS_COMMERCE did not accept OrderConfirmed"
    assert found.answers[2:4] == [{"raised": f"{refused}: Throttled: no"}, {"raised": f"{refused}: NotAuthorized: no"}]
    assert found.answers[4]["raised"].startswith("MessageError: items[1].sku")
    topic, queue, stream, view, event, *again = found.sent[:-4]
    assert (topic["MessageGroupId"], topic["MessageDeduplicationId"]) == ("a", "a")
    assert queue["MessageGroupId"] == "all"
    assert queue["MessageAttributes"]["message"]["StringValue"] == "OrderPlaced"
    assert stream["PartitionKey"] == "a"
    assert json.loads(stream["Data"]) == {"message": "OrderPlaced", "data": A}
    assert json.loads(view["Data"])["message"] == "OrderConfirmed"
    assert event["Entries"][0]["Source"] == "shop.orders"
    details = [each["Entries"][0]["Detail"] for each in again if "Entries" in each]
    assert [json.loads(each)["order_id"] for each in details] == ["refuse"] * 3 + ["forbid"]


@pytest.mark.slow
def test_publishers_of_many_check_them_all_and_name_those_that_did_not_go(runs: dict[str, Run]) -> None:
    found = runs["publisher"]
    why = "PENSTOCK_BUS_COMMERCE did not accept 1 of 2 messages (1: NotAuthorized: no)"
    assert found.answers[5:7] == ["sent", {"raised": f"UnsentError: {why}"}]
    assert found.answers[7]["raised"].startswith("MessageError: order_id")
    views, events, *again = found.sent[-4:]
    assert [bytes_of(each)["data"]["order_id"] for each in views["Records"]] == ["d", "e"]
    assert [each["Source"] for each in events["Entries"]] == ["shop.orders"] * 2
    assert [len(each.get("Records") or each["Entries"]) for each in again] == [2, 2]


def bytes_of(put: dict[str, str]) -> dict[str, Any]:
    """What a record of a stream says."""
    found: dict[str, Any] = json.loads(base64.b64decode(put["Data"]))
    return found
