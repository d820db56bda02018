"""A message that cannot be read goes to the dead letters at its first receive, as it was and with the reason."""

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from penstock.emit.python_types import FunctionStub, SourceStub
from tests.emit_python.generated import Run, batch, invoke, put, record, write
from tests.emit_python.samples import BURYING, BURYING_INVOKED, BURYING_READER, GRAVE, LOGIC, SOURCE

DEAD = "https://sqs/dead"
PLACES = {"PENSTOCK_STORE_IDEMPOTENCY": "table-1", "PENSTOCK_QUEUE_FULFILMENT_DLQ": DEAD}
A = {"order_id": "a", "items": [{"sku": "x"}]}
B = {"order_id": "b", "items": [{"sku": "x"}]}
BROKEN = {"order_id": "broken", "items": [{"sku": "x"}]}
POISON = {"order_id": "p", "items": [{"sku": 7}]}
REASON = "MessageError: items[0].sku: should be text, is a whole number"


BURIED = replace(SOURCE, poison=GRAVE)


def burying(source: SourceStub) -> FunctionStub:
    return replace(BURYING, sources=(source,))


def failures(*idents: str) -> dict[str, object]:
    return {"batchItemFailures": [{"itemIdentifier": ident} for ident in idents]}


def letters(run: Run) -> list[dict[str, Any]]:
    return [sent for sent in run.sent if sent.get("QueueUrl") == DEAD]


def told(letter: dict[str, Any]) -> dict[str, str]:
    attributes = letter["MessageAttributes"].items()
    return {name: each["StringValue"] for name, each in attributes if name.startswith("penstock.")}


def with_attributes(given: dict[str, object], more: dict[str, object]) -> dict[str, object]:
    return {**given, "messageAttributes": more}


def text(value: str) -> dict[str, str]:
    return {"stringValue": value, "dataType": "String"}


def test_the_bad_ones_of_a_batch_are_buried_and_the_others_done(tmp_path: Path) -> None:
    run = invoke(
        write(BURYING, tmp_path, LOGIC),
        [batch(record(A, "1"), record(POISON, "2"), record("no json", "3"), record(BROKEN, "4"), record(B, "5"))],
        PLACES,
    )
    assert run.answers == [failures("4")]
    assert run.effects == [["a"], ["b"]]
    assert [line["outcome"] for line in run.records] == ["handled", "poison", "poison", "failed", "handled"]
    assert [letter["MessageBody"] for letter in letters(run)] == [json.dumps(POISON), "no json"]
    assert told(letters(run)[0]) == {
        "penstock.reason": REASON,
        "penstock.message_id": "2",
        "penstock.source": "fulfilment",
        "penstock.function": "fulfil",
        "penstock.receive_count": "2",
    }
    assert [line["error"] for line in run.records[1:3]] == [told(letter)["penstock.reason"] for letter in letters(run)]
    assert all("MessageGroupId" not in letter for letter in letters(run))
    (metrics,) = run.metrics
    assert (metrics["Handled"], metrics["Poison"], metrics["Failed"]) == ([1, 1], [1, 1], [1])


def test_attributes_of_the_message_stay_and_ours_give_way(tmp_path: Path) -> None:
    """Ten are allowed in all, and those that an earlier burial left are ours to write anew."""
    own = {"message": text("OrderPlaced"), **{f"a{at}": text("x") for at in range(7)}}
    blob = {"binaryValue": base64.b64encode(b"\x00\xff").decode(), "dataType": "Binary.blob"}
    run = invoke(
        write(BURYING, tmp_path, LOGIC),
        [
            batch(
                with_attributes(record(POISON, "1"), {**own, "penstock.reason": text("of old")}),
                with_attributes(record(POISON, "2"), {**own, "b1": blob, "b2": text("y")}),
            )
        ],
        PLACES,
    )
    first, second = letters(run)
    assert len(first["MessageAttributes"]) == 10
    assert told(first) == {"penstock.reason": REASON, "penstock.message_id": "1"}
    assert told(second) == {}
    assert second["MessageAttributes"]["b1"] == {"DataType": "Binary.blob", "BinaryValue": repr(b"\x00\xff")}
    assert second["MessageAttributes"]["message"] == {"DataType": "String", "StringValue": "OrderPlaced"}
    assert run.answers == [failures()]


def test_a_large_message_keeps_its_body_and_gets_what_attributes_it_has_room_for(tmp_path: Path) -> None:
    room = len("penstock.reason") + len("String") + len(REASON)
    stub = burying(replace(SOURCE, poison=replace(GRAVE, max_bytes=len(json.dumps(POISON)) + room)))
    run = invoke(write(stub, tmp_path, LOGIC), [batch(record(POISON))], PLACES)
    (letter,) = letters(run)
    assert letter["MessageBody"] == json.dumps(POISON)
    assert told(letter) == {"penstock.reason": REASON}


def test_a_group_goes_on_behind_its_poison(tmp_path: Path) -> None:
    """In the dead-letter queue it is of the same group, and another delivery of it is taken for a copy."""
    records = [record(A, "1", "g"), record(POISON, "2", "g"), record(B, "3", "g")]
    run = invoke(write(burying(replace(BURIED, fifo=True)), tmp_path, LOGIC), [batch(*records)], PLACES)
    assert run.answers == [failures()]
    assert run.effects == [["a"], ["b"]]
    (letter,) = letters(run)
    assert (letter["MessageGroupId"], letter["MessageDeduplicationId"]) == ("g", "2")


def test_a_fair_queue_keeps_its_groups_and_a_message_its_trace(tmp_path: Path) -> None:
    sent = record(POISON, "1", "tenant")
    sent["attributes"] = {**sent["attributes"], "AWSTraceHeader": "Root=1-2-3"}  # type: ignore[dict-item]
    run = invoke(write(BURYING, tmp_path, LOGIC), [batch(sent)], PLACES)
    (letter,) = letters(run)
    assert letter["MessageGroupId"] == "tenant"
    assert letter["MessageSystemAttributes"]["AWSTraceHeader"]["StringValue"] == "Root=1-2-3"
    assert "MessageDeduplicationId" not in letter


def test_what_the_dead_letter_queue_does_not_take_fails_and_comes_again(tmp_path: Path) -> None:
    records = [record(POISON, "1", "g"), record(A, "2", "g"), record(B, "3", "h")]
    run = invoke(
        write(burying(replace(BURIED, fifo=True)), tmp_path, LOGIC),
        [batch(*records)],
        {**PLACES, "REFUSED_QUEUE": DEAD},
    )
    assert run.answers == [failures("1", "2")]
    assert run.effects == [["b"]]
    assert letters(run) == []
    error = str(run.records[0]["error"])
    assert error.startswith(f"{REASON}; not taken by its dead-letter queue: ClientError: ")
    assert [line["outcome"] for line in run.records] == ["failed", "handled", "failed"]


def test_where_sqs_cannot_be_reached_only_the_first_message_waits_for_it(tmp_path: Path) -> None:
    records = [record(POISON, "1"), record("no json", "2"), record(A, "3")]
    run = invoke(write(BURYING, tmp_path, LOGIC), [batch(*records)], {**PLACES, "SILENT_QUEUE": DEAD})
    assert run.answers == [failures("1", "2")]
    assert run.effects == [["a"]]
    assert [sent["unheard"] for sent in run.sent if "unheard" in sent] == [json.dumps(POISON)]


def test_what_the_teams_code_cannot_read_is_no_poison(tmp_path: Path) -> None:
    """A message that was read may fail for a passing reason, whatever the error is called."""
    logic = """
import wire

def handle_order_placed(message):
    raise wire.MessageError("price", "is missing in the catalogue")
"""
    run = invoke(write(BURYING, tmp_path, logic), [batch(record(A))], PLACES)
    assert run.answers == [failures("m1")]
    assert letters(run) == []
    assert run.records[0]["outcome"] == "failed"


def test_a_batch_that_fails_as_a_whole_does_not_fail_for_its_poison(tmp_path: Path) -> None:
    stub = burying(replace(BURIED, partial_failures=False))
    run = invoke(write(stub, tmp_path, LOGIC), [batch(record(POISON, "1"), record(A, "2"))], PLACES)
    assert run.answers == [failures()]
    assert run.effects == [["a"]]


def test_what_comes_back_from_the_dead_letters_is_handled(tmp_path: Path) -> None:
    """Code that can read it by then finds the body and the name of the contract as they were sent."""
    sent = with_attributes(record({**A, "order_id": ""}, "1"), {"message": text("OrderPlaced")})
    (letter,) = letters(invoke(write(BURYING, tmp_path / "old", LOGIC), [batch(sent)], PLACES))
    (placed,) = BURYING.messages
    assert isinstance(placed.schema, dict)
    properties = {**placed.schema["properties"], "order_id": {"type": "string"}}
    mended = replace(
        BURYING,
        messages=(replace(placed, schema={**placed.schema, "properties": properties}),),
        idempotency=replace(BURYING.idempotency, key="items"),
    )
    attributes: dict[str, object] = {
        name: {"stringValue": each["StringValue"], "dataType": each["DataType"]}
        for name, each in letter["MessageAttributes"].items()
    }
    again = with_attributes(record(letter["MessageBody"], "9"), attributes)
    run = invoke(write(mended, tmp_path / "new", LOGIC), [batch(again)], PLACES)
    assert run.answers == [failures()]
    assert run.effects == [[""]]


def notified(payload: object) -> dict[str, Any]:
    body = {"Type": "Notification", "MessageId": "n-1", "Message": json.dumps(payload)}
    return {"Records": [{"EventSource": "aws:sns", "Sns": body}]}


def test_an_invocation_that_cannot_be_read_is_not_tried_again(tmp_path: Path) -> None:
    """It lies where those lie that Lambda gives up, in a record of the same form; what fails otherwise is raised."""
    events = [notified(POISON), notified(A), notified(BROKEN)]
    run = invoke(write(BURYING_INVOKED, tmp_path, LOGIC), events, PLACES)
    assert run.answers == [None, None, {"raised": "RuntimeError: no stock"}]
    (letter,) = letters(run)
    body = json.loads(letter["MessageBody"])
    assert body["requestPayload"] == events[0]
    assert body["requestContext"]["condition"] == "Poison"
    assert body["responsePayload"] == {"errorMessage": REASON}
    assert told(letter) == {
        "penstock.reason": REASON,
        "penstock.message_id": "n-1",
        "penstock.source": "topic 'orders'",
        "penstock.function": "fulfil",
    }
    assert [line["outcome"] for line in run.records] == ["poison", "handled", "failed"]


def test_an_invocation_that_cannot_be_buried_is_raised(tmp_path: Path) -> None:
    folder = write(BURYING_INVOKED, tmp_path, LOGIC)
    run = invoke(folder, [notified(POISON)], {**PLACES, "REFUSED_QUEUE": DEAD})
    assert run.answers == [{"raised": REASON}]


def test_a_record_that_cannot_be_read_does_not_hold_up_its_shard(tmp_path: Path) -> None:
    """The queue gets the record itself, and its key goes on; what fails otherwise keeps its key back."""
    wrapped = [{"message": "OrderPlaced", "data": data} for data in (POISON, A, BROKEN, B)]
    records = [put(each, str(at), key="k" if at < 4 else "l") for at, each in enumerate(wrapped, 1)]
    run = invoke(write(BURYING_READER, tmp_path, LOGIC), [batch(put(b"\xff", "0"), *records)], PLACES)
    assert run.answers == [failures("3")]
    assert run.effects == [["a"], ["b"]]
    first, second = letters(run)
    body = json.loads(second["MessageBody"])
    assert json.loads(body["payload"]) == {"Records": [records[0]]}
    assert (body["KinesisBatchInfo"]["startSequenceNumber"], body["KinesisBatchInfo"]["batchSize"]) == ("1", 1)
    assert told(second) == {
        "penstock.reason": REASON,
        "penstock.message_id": "1",
        "penstock.source": "clicks",
        "penstock.function": "fulfil",
    }
    assert told(first)["penstock.reason"] == "EnvelopeError: the record of stream 'clicks' is no text"
    refused = invoke(tmp_path / "functions" / "fulfil", [batch(records[0])], {**PLACES, "REFUSED_QUEUE": DEAD})
    assert refused.answers == [failures("1")]
