"""`penstock sample`: an event as a consumer gets it."""

import base64
import json
from typing import Any

import jsonschema
import pytest

from tests.cli.conftest import Penstock
from tests.cli.topology import CLEAN, ORDERS, save
from tests.topologies import EXAMPLES

E2E = EXAMPLES.parent / "tests" / "e2e"


def printed(penstock: Penstock, *arguments: object) -> Any:  # noqa: ANN401 - JSON
    ran = penstock("sample", *map(str, arguments))
    assert (ran.code, ran.err) == (0, "")
    assert penstock("sample", *map(str, arguments)) == ran
    return json.loads(ran.out)


def test_a_record_of_a_queue_has_what_the_topic_in_front_makes_of_the_message(penstock: Penstock) -> None:
    (record,) = printed(penstock, "fulfil", ORDERS)["Records"]
    assert record["eventSourceARN"] == "arn:aws:sqs:eu-central-1:111122223333:fulfilment"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    notification = json.loads(record["body"])
    assert notification["MessageAttributes"] == {"message": {"Type": "String", "Value": "OrderPlaced"}}
    schema = json.loads((ORDERS / "messages" / "order_placed.schema.json").read_text())
    jsonschema.validate(json.loads(notification["Message"]), schema)


def test_a_duplicate_is_the_same_message_delivered_again(penstock: Penstock) -> None:
    save(CLEAN)
    first = printed(penstock, "worker")["Records"][0]
    again = printed(penstock, "worker", "--kind", "duplicate")["Records"][0]
    assert first["body"] == again["body"] == '{"order_id":"order_id-1"}'
    assert first["messageId"] == again["messageId"]
    assert again["attributes"]["ApproximateReceiveCount"] == "2"
    assert again["messageAttributes"]["message"]["stringValue"] == "OrderPlaced"


def test_poison_breaks_the_schema_and_a_batch_has_it_between_good_ones(penstock: Penstock) -> None:
    save(CLEAN)
    assert [each["body"] for each in printed(penstock, "worker", "--kind", "poison")["Records"]] == ['{"order_id":[]}']
    batch = printed(penstock, "worker", "--kind", "batch")["Records"]
    assert [each["body"] for each in batch] == [
        '{"order_id":"order_id-1"}',
        '{"order_id":[]}',
        '{"order_id":"order_id-2"}',
    ]
    assert len({each["messageId"] for each in batch}) == 3


def test_what_takes_everything_is_broken_by_what_is_no_json(penstock: Penstock) -> None:
    save(CLEAN.replace("{type: object, properties: {order_id: {type: string}}, required: [order_id]}", "true"))
    save(
        CLEAN.replace(
            "schema: {type: object, properties: {order_id: {type: string}}, required: [order_id]}", "schema: {}"
        )
    )
    assert printed(penstock, "worker", "--kind", "poison")["Records"][0]["body"] == "{"


def test_a_fifo_queue_has_groups_and_poison_has_its_own(penstock: Penstock) -> None:
    batch = printed(penstock, "bookkeeper", ORDERS, "--kind", "batch")["Records"]
    first, bad, last = (each["attributes"]["MessageGroupId"] for each in batch)
    assert len({first, bad, last}) == 3
    assert batch[0]["eventSourceARN"].endswith(":ledger-entries.fifo")


def test_a_record_of_a_stream_is_encoded(penstock: Penstock) -> None:
    topology = EXAMPLES / "clickstream"
    event = printed(penstock, "count", topology)
    data = json.loads(base64.b64decode(event["Records"][0]["kinesis"]["data"]))
    assert data.keys() == {"message", "data"}


def test_a_service_polls_so_its_sample_is_what_is_received(penstock: Penstock) -> None:
    pool = (
        "  worker:\n    type: service\n    from: intake\n    image: worker:1.4\n"
        "    vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}\n"
    )
    save(CLEAN[: CLEAN.index("  worker:")] + pool)
    (message,) = printed(penstock, "worker")["Messages"]
    assert message["Body"] == '{"order_id":"order_id-1"}'
    assert message["MessageAttributes"]["message"] == {"StringValue": "OrderPlaced", "DataType": "String"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fulfill", ORDERS], "nothing is named 'fulfill' in topology 'orders'; did you mean 'fulfil'?"),
        (["intake", ORDERS], "queue 'intake' is no function and no service that messages come to"),
        (
            ["fulfil", ORDERS, "--message", "OrderLost"],
            "no message 'OrderLost' comes to 'fulfil': there is 'OrderPlaced'",
        ),
        (["fulfil", ORDERS, "--from", "intake"], "'fulfil' reads nothing named 'intake': there is 'fulfilment'"),
        (
            ["book-flight", EXAMPLES / "travel-booking", "--kind", "batch"],
            "no sample: saga 'book-trip' calls with one step at a time, whose input has no schema",
        ),
    ],
)
def test_what_there_is_not_is_said(penstock: Penstock, arguments: list[object], said: str) -> None:
    ran = penstock("sample", *map(str, arguments))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"penstock: {said}\n"


def test_a_schema_that_nothing_is_found_for_is_said_to_need_an_example(penstock: Penstock) -> None:
    schema = '{type: object, properties: {order_id: {type: string, pattern: "^(?!x).$"}}, required: [order_id]}'
    text = CLEAN.replace("{type: object, properties: {order_id: {type: string}}, required: [order_id]}", schema)
    save(text)
    ran = penstock("sample", "worker")
    assert (ran.code, ran.out) == (2, "")
    assert "give one as `examples: [...]` in the schema" in ran.err
    save(text.replace('"^(?!x).$"}', '"^(?!x).$", examples: [a]}'))
    assert printed(penstock, "worker")["Records"][0]["body"] == '{"order_id":"a"}'
