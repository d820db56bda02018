import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from penstock.emit.python_types import IdempotencyStub
from penstock.hops.wrapping import Envelope
from tests.emit_python.generated import batch, invoke, put, record, write
from tests.emit_python.samples import (
    ALL,
    API,
    CONSUMER,
    DIRECT,
    FAILED,
    FIFO,
    INVOKED,
    KEYED,
    LOGIC,
    OFFLOADING,
    PUBLISHER,
    READER,
    SCHEDULED,
    SOURCE,
    TWO_QUEUES,
    TWO_STREAMS,
    WRAPPED,
)

STORE = {"PENSTOCK_STORE_IDEMPOTENCY": "table-1"}
A = {"order_id": "a", "items": [{"sku": "x"}]}
B = {"order_id": "b", "items": [{"sku": "x"}]}
BROKEN = {"order_id": "broken", "items": [{"sku": "x"}]}
POISON = {"order_id": "p", "items": [{"sku": "secret-value"}, {"sku": 7, "customer": "secret-value"}]}
LINE = {
    "function",
    "queue",
    "message",
    "key",
    "receive_count",
    "age_ms",
    "outcome",
    "error",
    "body_sha256",
    "correlation_id",
}


def failures(*idents: str) -> dict[str, object]:
    return {"batchItemFailures": [{"itemIdentifier": ident} for ident in idents]}


def test_each_message_has_its_effect_once_and_poison_fails_alone(tmp_path: Path) -> None:
    folder = write(CONSUMER, tmp_path, LOGIC)
    run = invoke(folder, [batch(record(A, "1"), record(A, "2"), record(B, "3"), record(POISON, "4"))], STORE)
    assert run.answers == [failures("4")]
    assert run.effects == [["a"], ["b"]]
    assert [line["outcome"] for line in run.records] == ["handled", "duplicate", "handled", "failed"]
    assert [line["key"] for line in run.records] == ["a", "a", "b", None]
    assert run.records[3]["error"] == "MessageError: items[1].sku: should be text, is a whole number"
    assert "secret-value" not in run.output
    keys = [str(sent["key"]) for sent in run.sent]
    assert len(set(keys)) == 2
    assert all(key.startswith("orders/fulfil#") for key in keys)


def test_the_log_line_has_what_tools_read(tmp_path: Path) -> None:
    text = json.dumps(A)
    run = invoke(write(CONSUMER, tmp_path, LOGIC), [batch(record(text), record("no json", "2"))], STORE)
    good, bad = run.records
    assert good.keys() >= LINE
    assert bad.keys() >= LINE
    assert set(good) - LINE == {"penstock", "level", "timestamp", "service"}
    assert good["queue"] == "fulfilment"
    assert good["function"] == "fulfil"
    assert good["message"] == "OrderPlaced"
    assert good["receive_count"] == 2
    assert isinstance(good["age_ms"], int)
    assert good["error"] is None
    assert good["body_sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert bad["error"] == "MessageError: the payload is not JSON (at character 0)"


def test_all_that_is_logged_of_a_message_has_the_trace_that_it_was_sent_in(tmp_path: Path) -> None:
    logs = """
from aws_lambda_powertools import Logger

def handle_order_placed(message):
    Logger(service="own").info({"own": message.order_id})
"""
    sent = record(A, "1")
    sent["attributes"] |= {
        "AWSTraceHeader": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    }  # type: ignore[operator]
    run = invoke(write(CONSUMER, tmp_path, logs), [batch(sent, record(B, "2"))], STORE)
    expected = ["1-5759e988-bd862e3fe1be46a994272793", "2"]
    assert [line["correlation_id"] for line in run.records] == expected
    lines = [json.loads(line) for line in run.output.splitlines() if '"own"' in line and line.startswith("{")]
    assert [line["correlation_id"] for line in lines] == expected


def test_metrics_are_written_once_per_invocation(tmp_path: Path) -> None:
    run = invoke(write(CONSUMER, tmp_path, LOGIC), [batch(record(A, "1"), record(A, "2"), record(BROKEN, "3"))], STORE)
    (metrics,) = run.metrics
    (directive,) = metrics["_aws"]["CloudWatchMetrics"]  # type: ignore[index]
    assert directive["Namespace"] == "orders"
    assert directive["Dimensions"] == [["function"]]
    assert metrics["function"] == "fulfil"
    assert metrics["ReceiveCount"] == [2, 2, 2]
    assert len(metrics["MessageAge"]) == 3  # type: ignore[arg-type]
    assert (metrics["Handled"], metrics["Duplicate"], metrics["Failed"]) == ([1], [1], [1])


def test_work_that_raises_is_tried_again(tmp_path: Path) -> None:
    folder = write(CONSUMER, tmp_path, LOGIC)
    run = invoke(folder, [batch(record(BROKEN)), batch(record(BROKEN))], STORE)
    assert run.answers == [failures("m1"), failures("m1")]
    assert [line["error"] for line in run.records] == ["RuntimeError: no stock"] * 2
    assert all("Traceback" in str(line["exception"]) for line in run.records)


def test_fifo_stops_at_the_first_failure_of_a_group_only(tmp_path: Path) -> None:
    records = [
        record(A, "1", "g"),
        record(BROKEN, "2", "g"),
        record(B, "3", "g"),
        record({**A, "order_id": "other"}, "4", "h"),
    ]
    run = invoke(write(FIFO, tmp_path, LOGIC), [batch(*records), batch(*records[2:3])], STORE)
    assert run.answers == [failures("2", "3"), failures()]
    assert run.effects == [["a"], ["other"], ["b"]]
    skipped = run.records[3]
    assert skipped["error"] == "not tried: an earlier message of its group failed"
    assert skipped["outcome"] == "failed"


def test_without_partial_failures_one_failure_raises(tmp_path: Path) -> None:
    stub = replace(CONSUMER, sources=(replace(SOURCE, partial_failures=False, batch_size=1),))
    run = invoke(write(stub, tmp_path, LOGIC), [batch(record(POISON)), batch(record(A))], STORE)
    assert run.answers == [{"raised": "BatchFailed: 1 of 1 records failed"}, failures()]
    assert len(run.metrics) == 2


def test_what_a_pipe_or_a_rule_wrapped_is_opened(tmp_path: Path) -> None:
    """In the record itself, in a notification and in an event; beside what comes plain."""
    source = replace(WRAPPED.sources[0], envelopes=tuple(Envelope))
    wrapped = {"message": "OrderPlaced", "data": A}
    event = {"source": "shop", "detail-type": "any", "detail": {"message": "OrderConfirmed", "data": {"order_id": "e"}}}
    records = [
        record(wrapped, "1"),
        record({"Type": "Notification", "Message": json.dumps(wrapped)}, "2"),
        record(event, "3"),
        record({"source": "shop", "detail-type": "order.confirmed", "detail": {"order_id": "f"}}, "4"),
        record({"message": "OrderLost", "data": A}, "5"),
    ]
    run = invoke(write(replace(WRAPPED, sources=(source,)), tmp_path, LOGIC), [batch(*records)])
    assert run.answers == [failures("5")]
    assert [line["message"] for line in run.records[:4]] == [
        "OrderPlaced",
        "OrderPlaced",
        "OrderConfirmed",
        "OrderConfirmed",
    ]
    assert "message 'OrderLost' is none of those that queue 'fulfilment' carries" in str(run.records[4]["error"])


def test_an_item_that_a_pipe_brought_is_made_plain(tmp_path: Path) -> None:
    source = replace(SOURCE, envelopes=(Envelope.WRAPPED,))
    image = {
        "order_id": {"S": "a"},
        "items": {"L": [{"M": {"sku": {"S": "x"}, "count": {"N": "2"}}}]},
        "note": {"NULL": True},
    }
    run = invoke(
        write(replace(CONSUMER, sources=(source,)), tmp_path, LOGIC),
        [batch(record({"message": "OrderPlaced", "image": image}))],
        STORE,
    )
    assert run.answers == [failures()]
    assert run.effects == [["a"]]


def change(image: dict[str, object], number: int, name: str = "NewImage") -> dict[str, object]:
    keys = {"order_id": image["order_id"]}
    changed = {"Keys": keys, name: image, "SequenceNumber": str(number), "ApproximateCreationDateTime": 1_700_000_000}
    return {"eventSource": "aws:dynamodb", "eventName": "MODIFY", "eventSourceARN": "arn:s", "dynamodb": changed}


def test_changes_of_a_table_are_messages(tmp_path: Path) -> None:
    """A failed change keeps back those of the same item, and no others."""

    def order(ident: str) -> dict[str, object]:
        return {"order_id": {"S": ident}, "items": {"L": [{"M": {"sku": {"S": "x"}}}]}}

    (clicks,) = READER.streams
    stub = replace(READER, streams=(replace(clicks, stream="orders-db", image="NewImage"),))
    changes = [change(order("a"), 1), change(order("broken"), 2), change(order("broken"), 3), change(order("b"), 4)]
    run = invoke(write(stub, tmp_path, LOGIC), [{"Records": [*changes, change(order("c"), 5, "OldImage")]}], STORE)
    assert run.answers == [failures("2", "3", "5")]
    assert [line["outcome"] for line in run.records] == ["handled", "failed", "failed", "handled", "failed"]
    assert run.records[0]["message"] == "OrderPlaced"
    assert run.records[2]["error"] == "not tried: an earlier message of its key failed"
    assert run.records[4]["error"] == "EnvelopeError: the record of table 'orders-db' has no NewImage"


def test_what_invokes_a_function_may_be_wrapped_too(tmp_path: Path) -> None:
    (topic,) = INVOKED.directs
    notification = {"Type": "Notification", "Message": json.dumps({"message": "OrderPlaced", "data": A})}
    stub = replace(INVOKED, directs=(replace(topic, wrapped=True),))
    run = invoke(write(stub, tmp_path, LOGIC), [{"Records": [{"Sns": notification}]}], STORE)
    assert [line["outcome"] for line in run.records] == ["handled"]


def test_two_queues_are_told_apart_by_their_arn(tmp_path: Path) -> None:
    arns = {"PENSTOCK_SOURCE_FULFILMENT": "arn:1", "PENSTOCK_SOURCE_LATE_ORDERS": "arn:2", **STORE}
    events = [batch({**record(A), "eventSourceARN": "arn:1"}), batch({**record(B), "eventSourceARN": "arn:2"})]
    run = invoke(write(TWO_QUEUES, tmp_path, LOGIC), events, arns)
    assert [line["queue"] for line in run.records] == ["fulfilment", "late-orders"]


def test_every_wrapping_is_taken_off(tmp_path: Path) -> None:
    attributes = {"message": {"Type": "String", "Value": "OrderConfirmed"}}
    notification = {
        "Type": "Notification",
        "TopicArn": "arn",
        "Message": json.dumps(B),
        "MessageAttributes": attributes,
    }
    event = {"source": "shop", "detail-type": "order.confirmed", "detail": {"order_id": "c", "a": 1}}
    records = [
        record(A, "1", name="OrderPlaced"),
        record(notification, "2"),
        record(event, "3"),
        record({**event, "detail-type": "OrderPlaced", "detail": A}, "4"),
        record(A, "5"),
        record(A, "6", name="Elephant"),
        record({**event, "detail-type": "Elephant"}, "7"),
    ]
    run = invoke(write(WRAPPED, tmp_path, LOGIC), [batch(*records)])
    assert run.answers == [failures("5", "6", "7")]
    assert run.effects == [["a"], ["confirmed", "b"], ["confirmed", "c"], ["a"]]
    digests = [line["body_sha256"] for line in run.records]
    assert digests[1] == hashlib.sha256(json.dumps(B).encode()).hexdigest()
    assert digests[2] == hashlib.sha256(b'{"a":1,"order_id":"c"}').hexdigest()
    assert "the attribute 'message' is missing" in str(run.records[4]["error"])
    assert "'Elephant' is none of those that queue 'fulfilment' carries" in str(run.records[5]["error"])


def test_a_queue_into_which_nobody_sends_fails_what_arrives(tmp_path: Path) -> None:
    run = invoke(write(ALL["nothing-arrives"], tmp_path, LOGIC), [batch(record(A), record(A, "2", name="X"))], STORE)
    assert run.answers == [failures("m1", "2")]
    assert str(run.records[0]["error"]).endswith("does not carry one message alone: none")


def test_the_team_gets_the_key_where_it_has_to_build_the_safeguard(tmp_path: Path) -> None:
    run = invoke(write(KEYED, tmp_path, LOGIC), [batch(record(A))])
    assert run.effects == [["a", '[{"sku": "x"}]']]


def test_a_message_without_its_key_fails(tmp_path: Path) -> None:
    stub = replace(CONSUMER, idempotency=replace(CONSUMER.idempotency, key="gift-to.name"))
    run = invoke(write(stub, tmp_path, LOGIC), [batch(record(A))], STORE)
    assert run.answers == [failures("m1")]
    assert run.records[0]["error"] == "MessageError: gift-to.name: has no value, and is the idempotency key"


def test_an_api_answers(tmp_path: Path) -> None:
    requests: list[dict[str, object]] = [
        {"httpMethod": "POST", "resource": "/orders", "body": json.dumps(body)} for body in (A, A, POISON, BROKEN)
    ]
    requests.append({"httpMethod": "POST", "resource": "/orders", "body": None})
    run = invoke(write(API, tmp_path, LOGIC), requests, STORE)
    assert [answer.get("statusCode") for answer in run.answers] == [202, 202, 400, None, 400]
    assert run.answers[3] == {"raised": "RuntimeError: no stock"}
    assert json.loads(str(run.answers[2]["body"])) == {"error": "items[1].sku: should be text, is a whole number"}
    assert run.effects == [["a"]]
    assert [line["outcome"] for line in run.records[:2]] == ["handled", "duplicate"]
    assert run.records[0]["queue"] is None


NAMED = {"message": {"Type": "String", "Value": "OrderPlaced"}}
LONG_AGO = "2023-11-14T22:13:20.123Z"


def notified(body: object, named: object = NAMED) -> dict[str, object]:
    """What SNS invokes a function with."""
    sns = {"Type": "Notification", "Message": json.dumps(body), "MessageAttributes": named, "Timestamp": LONG_AGO}
    return {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": sns}]}


def event(detail: object, detail_type: str = "order.confirmed") -> dict[str, object]:
    """What EventBridge invokes a function with."""
    return {"source": "shop", "detail-type": detail_type, "detail": detail, "time": "2023-11-14T22:13:20Z"}


def test_a_topic_and_a_bus_invoke_directly(tmp_path: Path) -> None:
    confirmed = {"order_id": "c"}
    run = invoke(write(DIRECT, tmp_path, LOGIC), [notified(A), notified(A), event(confirmed)], STORE)
    assert run.answers == [None, None, None]
    assert run.effects == [["a"], ["confirmed", "c"]]
    assert [line["outcome"] for line in run.records] == ["handled", "duplicate", "handled"]
    first, _, last = run.records
    assert first.keys() >= LINE
    assert (first["queue"], first["receive_count"], first["key"], first["message"]) == (None, 1, "a", "OrderPlaced")
    assert first["body_sha256"] == hashlib.sha256(json.dumps(A).encode()).hexdigest()
    assert last["body_sha256"] == hashlib.sha256(b'{"order_id":"c"}').hexdigest()
    assert all(int(str(line["age_ms"])) > 1_000_000_000 for line in run.records)
    assert [metrics.get("Handled") for metrics in run.metrics] == [[1], None, [1]]
    assert "ReceiveCount" not in run.metrics[0]


def test_what_fails_is_raised_for_lambda_to_try_again(tmp_path: Path) -> None:
    broken = notified(BROKEN)
    run = invoke(write(INVOKED, tmp_path, LOGIC), [broken, broken, notified(POISON)], STORE)
    assert run.answers[:2] == [{"raised": "RuntimeError: no stock"}] * 2
    assert run.answers[2] == {"raised": "MessageError: items[1].sku: should be text, is a whole number"}
    assert [line["outcome"] for line in run.records] == ["failed"] * 3
    assert [metrics["Failed"] for metrics in run.metrics] == [[1]] * 3


def test_a_direct_invocation_that_is_none_fails(tmp_path: Path) -> None:
    nobody = notified(A, {"message": {"Type": "String", "Value": "Elephant"}})
    events: list[object] = [{"Records": []}, {}, nobody, event({}, "Elephant")]
    run = invoke(write(DIRECT, tmp_path, LOGIC), events, STORE)
    assert run.effects == []
    errors = [str(answer["raised"]) for answer in run.answers]
    assert (
        errors[:2]
        == ["EnvelopeError: the invocation by topic 'orders' or bus 'commerce' is no notification or event"] * 2
    )
    carried = "is none of those that topic 'orders' or bus 'commerce' carries: OrderConfirmed, OrderPlaced"
    assert errors[2:] == [f"EnvelopeError: message 'Elephant' {carried}"] * 2


def test_queues_routes_topics_and_buses_lead_into_one_handler(tmp_path: Path) -> None:
    request = {"httpMethod": "POST", "resource": "/orders", "body": json.dumps(A)}
    clicked = batch(put(wrapped({**A, "order_id": "s"})))
    events = [batch(record(B)), request, notified({**A, "order_id": "t"}), event({"order_id": "c"}), clicked]
    run = invoke(write(ALL["all"], tmp_path, LOGIC), events, STORE)
    assert run.effects == [["b"], ["a"], ["t"], ["confirmed", "c"], ["s"]]
    assert [line["queue"] for line in run.records] == ["fulfilment", None, None, None, "clicks"]


def test_the_record_of_a_failed_invocation_is_taken_off(tmp_path: Path) -> None:
    context = {"requestContext": {"condition": "RetriesExhausted"}, "responsePayload": {}}
    records = [
        record({**context, "requestPayload": notified(A)}, "1"),
        record({**context, "requestPayload": event({"order_id": "c"})}, "2"),
        record({**context, "requestPayload": None}, "3"),
        record("no json", "4"),
    ]
    run = invoke(write(FAILED, tmp_path, LOGIC), [batch(*records)])
    assert run.answers == [failures("3", "4")]
    assert run.effects == [["a"], ["confirmed", "c"]]
    assert run.records[2]["error"] == "EnvelopeError: the invocation by queue 'fulfilment' is no notification or event"
    assert run.records[3]["error"] == "EnvelopeError: the record of queue 'fulfilment' is no invocation"


def wrapped(data: object, name: str = "OrderPlaced") -> dict[str, object]:
    return {"message": name, "data": data}


def test_a_batch_of_a_stream_names_its_failures_and_overtakes_nothing(tmp_path: Path) -> None:
    records = [
        put(wrapped(A), "1"),
        put(wrapped(BROKEN), "2"),
        put(wrapped(B), "3"),
        put(wrapped({**A, "order_id": "other"}), "4", "another"),
        put(wrapped(A), "5", "third"),
    ]
    run = invoke(write(READER, tmp_path, LOGIC), [batch(*records), batch(*records[2:3])], STORE)
    assert run.answers == [failures("2", "3"), failures()]
    assert run.effects == [["a"], ["other"], ["b"]]
    outcomes = ["handled", "failed", "failed", "handled", "duplicate", "handled"]
    assert [line["outcome"] for line in run.records] == outcomes
    first, _, skipped, *_ = run.records
    assert first.keys() >= LINE
    assert (first["queue"], first["receive_count"], first["key"], first["message"]) == ("clicks", 1, "a", "OrderPlaced")
    compact = b'{"items":[{"sku":"x"}],"order_id":"a"}'
    assert first["body_sha256"] == hashlib.sha256(compact).hexdigest()
    assert int(str(first["age_ms"])) > 1_000_000_000
    assert skipped["error"] == "not tried: an earlier message of its key failed"
    assert len(run.metrics) == 2


def test_what_lies_in_a_stream_in_no_wrapper_fails(tmp_path: Path) -> None:
    records = [
        put(b"\xff", "1", "a"),
        put("no json", "2", "b"),
        put(A, "3", "c"),
        put([1], "4", "d"),
        put(wrapped(A, "Elephant"), "5", "e"),
        put(wrapped(POISON), "6", "f"),
        put(wrapped(None), "7", "g"),
    ]
    run = invoke(write(READER, tmp_path, LOGIC), [batch(*records)], STORE)
    assert run.answers == [failures("1", "2", "3", "4", "5", "6", "7")]
    assert run.effects == []
    assert "secret-value" not in run.output
    no_wrapper = 'EnvelopeError: the record of stream \'clicks\' is not {"message": ..., "data": ...}'
    assert [line["error"] for line in run.records] == [
        "EnvelopeError: the record of stream 'clicks' is no text",
        "MessageError: the payload is not JSON (at character 0)",
        no_wrapper,
        no_wrapper,
        "EnvelopeError: message 'Elephant' is none of those that stream 'clicks' carries: OrderPlaced",
        "MessageError: items[1].sku: should be text, is a whole number",
        run.records[6]["error"],
    ]
    assert str(run.records[6]["error"]).startswith("MessageError: ")


def test_streams_and_queues_are_told_apart(tmp_path: Path) -> None:
    arns = {"PENSTOCK_SOURCE_CLICKS": "arn:clicks", "PENSTOCK_SOURCE_VIEWS": "arn:views", **STORE}
    events = [
        batch(put(wrapped({"order_id": "c"}, "OrderConfirmed"))),
        batch(put(wrapped(POISON), stream="arn:views")),
        batch(record(B)),
    ]
    run = invoke(write(TWO_STREAMS, tmp_path, LOGIC), events, arns)
    assert run.answers == [failures(), {"raised": "ReadFailed: 1 of 1 records failed"}, failures()]
    assert run.effects == [["confirmed", "c"], ["b"]]
    assert [line["queue"] for line in run.records] == ["clicks", "views", "fulfilment"]


PUBLISHING = """
import publish
from messages import OrderConfirmed, OrderPlaced, OrderPlacedLine

def run(event):
    if event["what"] == "placed":
        lines = (OrderPlacedLine(sku="x"),)
        publish.publish_order_placed(OrderPlaced(order_id=event["id"], note=event["note"], items=lines))
    else:
        publish.publish_order_confirmed(OrderConfirmed(order_id=event["id"]))
    return "sent"
"""
CHANNELS = {"PENSTOCK_TOPIC_LEDGER": "arn:t", "PENSTOCK_QUEUE_INTAKE": "https://q", "PENSTOCK_BUS_COMMERCE": "bus"}
CHANNELS |= {"PENSTOCK_STREAM_CLICKS": "clicks-1", "PENSTOCK_STREAM_VIEWS": "views-1"}


def test_publishing_sets_all_that_the_contract_wants(tmp_path: Path) -> None:
    events = [{"what": "placed", "id": "a b", "note": "n"}, {"what": "confirmed", "id": "c"}]
    run = invoke(write(PUBLISHER, tmp_path, PUBLISHING), events, CHANNELS)
    assert run.answers == ["sent", "sent"]
    topic, queue, stream, keyless, bus = run.sent
    body = '{"order_id":"a b","note":"n","items":[{"sku":"x"}]}'
    digest = hashlib.sha256(b"a b").hexdigest()
    named = {"DataType": "String", "StringValue": "OrderPlaced"}
    assert topic == {
        "TopicArn": "arn:t",
        "Message": body,
        "MessageAttributes": {"message": named, "note": {"DataType": "String", "StringValue": "n"}},
        "MessageGroupId": digest,
        "MessageDeduplicationId": digest,
    }
    assert queue == {
        "QueueUrl": "https://q",
        "MessageBody": body,
        "MessageAttributes": {"message": named},
        "MessageGroupId": "all",
    }
    assert stream == {
        "StreamARN": CHANNELS["PENSTOCK_STREAM_CLICKS"],
        "Data": f'{{"message":"OrderPlaced","data":{body}}}',
        "PartitionKey": digest,
    }
    assert keyless["Data"] == '{"message":"OrderConfirmed","data":{"order_id":"c"}}'
    assert len(str(keyless["PartitionKey"])) == 36
    detail = {"Source": "shop.orders", "DetailType": "OrderConfirmed", "Detail": '{"order_id":"c"}'}
    assert bus == {"Entries": [{"EventBusName": "bus", **detail}]}


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({"what": "placed", "id": "", "note": "n"}, "MessageError: order_id: should have at least 1 characters"),
        (
            {"what": "placed", "id": "a", "note": "n" * 200},
            "PublishError: OrderPlaced has 482 bytes, and 300 may travel",
        ),
        (
            {"what": "confirmed", "id": "refuse"},
            "PublishError: PENSTOCK_BUS_COMMERCE did not accept OrderConfirmed: Throttled: later",
        ),
    ],
)
def test_what_cannot_be_sent_raises(event: object, error: str, tmp_path: Path) -> None:
    run = invoke(write(PUBLISHER, tmp_path, PUBLISHING), [event], CHANNELS)
    assert run.answers == [{"raised": error}]


REPUBLISHING = """
import json
import publish

def handle_order_placed(message):
    publish.publish_order_placed(message)
    print(json.dumps({"effect": [message.order_id, len(message.note or "")]}))
"""
LETTERS = {"PENSTOCK_STORE_LETTERS": "letters-1", "PENSTOCK_QUEUE_INTAKE": "https://q"}


def test_a_large_payload_goes_by_a_bucket_and_comes_back(tmp_path: Path) -> None:
    large = {**A, "note": "n" * 100}
    body = json.dumps({"order_id": "a", "note": "n" * 100, "items": [{"sku": "x"}]}, separators=(",", ":"))
    pointer = {"$offloaded": f"OrderPlaced/{hashlib.sha256(body.encode()).hexdigest()}"}
    run = invoke(
        write(OFFLOADING, tmp_path, REPUBLISHING),
        [batch(record(B, "1")), batch(record(large, "2")), batch(record(pointer, "3"))],
        LETTERS,
    )
    assert run.answers == [failures()] * 3
    assert run.effects == [["b", 0], ["a", 100], ["a", 100]]
    plain, kept, sent, *again = run.sent
    assert json.loads(str(plain["MessageBody"])) == B
    assert kept == {"bucket": "letters-1", "key": pointer["$offloaded"], "body": body}
    assert json.loads(str(sent["MessageBody"])) == pointer
    assert again == [kept, sent]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({**A, "note": "n" * 200}, "PublishError: OrderPlaced has 248 bytes, and the contract allows 240"),
        ({"$offloaded": "Other/1"}, "MessageError: $offloaded: points at no payload of OrderPlaced"),
        ({"$offloaded": 7}, "MessageError: $offloaded: points at no payload of OrderPlaced"),
        ({"$offloaded": "OrderPlaced/forged"}, "MessageError: $offloaded: points at another payload than was sent"),
        ({"$offloaded": "OrderPlaced/x", "x": 1}, 'MessageError: ["$offloaded"]: is not a field of this message'),
    ],
)
def test_a_payload_that_is_too_large_or_a_pointer_to_another_fails(body: object, error: str, tmp_path: Path) -> None:
    run = invoke(write(OFFLOADING, tmp_path, REPUBLISHING), [batch(record(body, "1"))], LETTERS)
    assert run.answers == [failures("1")]
    assert [line["error"] for line in run.records] == [error]


def test_without_a_safeguard_every_copy_is_handled(tmp_path: Path) -> None:
    run = invoke(
        write(replace(CONSUMER, idempotency=IdempotencyStub()), tmp_path, LOGIC),
        [batch(record(A, "1"), record(A, "2"))],
    )
    assert run.effects == [["a"], ["a"]]
    assert [line["key"] for line in run.records] == ["a", "a"]


def test_an_invocation_is_a_message(tmp_path: Path) -> None:
    run = invoke(write(SCHEDULED, tmp_path, LOGIC), [A, A, POISON, BROKEN], STORE)
    assert run.answers[:2] == [None, None]
    assert run.answers[2] == {"raised": "MessageError: items[1].sku: should be text, is a whole number"}
    assert run.answers[3] == {"raised": "RuntimeError: no stock"}
    assert run.effects == [["a"]]
    assert [line["outcome"] for line in run.records] == ["handled", "duplicate", "failed", "failed"]
    assert [line["message"] for line in run.records] == ["OrderPlaced"] * 4
    assert run.records[0]["queue"] is None


def test_every_way_in_is_told_from_the_others(tmp_path: Path) -> None:
    request = {"httpMethod": "POST", "resource": "/orders", "body": json.dumps(A)}
    run = invoke(write(ALL["every-way"], tmp_path, LOGIC), [request, A, {"Records": []}], STORE)
    assert run.answers[0]["statusCode"] == 202
    assert run.answers[1] is None
    assert [line["outcome"] for line in run.records] == ["handled", "duplicate"]
