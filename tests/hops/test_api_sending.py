"""What a route sends to a queue, a topic or a bus, and what it answers: the rendered templates of its integration."""

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from penstock.hops.lowering import lower
from penstock.plan.values import GetAtt, Sub
from tests.topologies import complete, topology_of
from tests.velocity import Rendering, substituted

FIELDS = "{id: {type: string}, count: {type: integer}, vip: {type: boolean}, tags: {type: array}, at: {type: object}}"
MESSAGE = (
    f"messages:\n  OrderPlaced: {{schema: {{type: object, properties: {FIELDS}}}, key: at.shop, idempotency_key: id}}\n"
)
ROUTE = 'producers:\n  p: {type: api, route: "POST /", auth: iam, publishes: {message: OrderPlaced, to: c}}\n'
BODY = '{"id": "it\'s \\"1\\" & ü/$5 #2", "at": {"shop": "s-1"}, "count": 4,\n "tags": ["a", "b"]}'
ARNS = {"CTopic": "arn:aws:sns:eu-central-1:111122223333:c", "CBus": "stack-c"}


def integration(channels: str, message: str = MESSAGE) -> dict[str, Any]:
    topology = topology_of(complete(f"{message}{ROUTE}{channels}"))
    method: dict[str, Any] = lower(topology).template()["Resources"]["PApiMethod"]["Properties"]
    found: dict[str, Any] = method["Integration"]
    return found


def sent(made: dict[str, Any]) -> str:
    """The body of the request that API Gateway makes of BODY."""
    template = made["RequestTemplates"]["application/json"]
    return Rendering(substituted(template.text, ARNS) if isinstance(template, Sub) else template, BODY).text


def test_a_topic_gets_the_body_and_the_contracts_name() -> None:
    made = integration("topics: {c: {}}")
    assert made["Uri"] == Sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:sns:path//")
    assert made["Credentials"] == GetAtt("PApiRole", "Arn")
    assert made["RequestParameters"] == {
        "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'"
    }
    assert dict(parse_qsl(sent(made), strict_parsing=True)) == {
        "Action": "Publish",
        "TopicArn": ARNS["CTopic"],
        "Message": BODY,
        "MessageAttributes.entry.1.Name": "message",
        "MessageAttributes.entry.1.Value.DataType": "String",
        "MessageAttributes.entry.1.Value.StringValue": "OrderPlaced",
    }


@pytest.mark.parametrize(
    ("deduplication", "ids"), [("content", {}), ("explicit", {"MessageDeduplicationId": json.loads(BODY)["id"]})]
)
def test_a_fifo_topic_gets_group_and_id_from_the_body(deduplication: str, ids: dict[str, str]) -> None:
    form = dict(parse_qsl(sent(integration(f"topics: {{c: {{fifo: {{deduplication: {deduplication}}}}}}}"))))
    assert {name: value for name, value in form.items() if name.endswith("Id")} == {"MessageGroupId": "s-1", **ids}


def test_a_topic_gets_what_its_subscriptions_filter_on_where_the_body_has_it() -> None:
    wanted = "{id: [a], count: [1], tags: [a], vip: [true], at.shop: [s-1], nothing: [x], message: [OrderPlaced]}"
    form = dict(
        parse_qsl(sent(integration(f"topics: {{c: {{}}}}\nqueues: {{q: {{from: {{source: c, filter: {wanted}}}}}}}")))
    )
    numbers = [name.split(".")[2] for name in form if name.endswith(".Name")]
    assert numbers == ["1", "2", "3", "4", "5"]
    found = {
        form[f"MessageAttributes.entry.{number}.Name"]: (
            form[f"MessageAttributes.entry.{number}.Value.DataType"],
            form[f"MessageAttributes.entry.{number}.Value.StringValue"],
        )
        for number in numbers
    }
    assert found == {
        "message": ("String", "OrderPlaced"),
        "at.shop": ("String", "s-1"),
        "count": ("Number", "4"),
        "id": ("String", json.loads(BODY)["id"]),
        "tags": ("String.Array", '["a", "b"]'),
    }


def test_a_bus_gets_an_event() -> None:
    message = MESSAGE.replace("key: at", "detail_type: 'a $b #if c', key: at")
    made = integration("buses: {c: {event_source: shop.orders}}", message)
    assert made["Uri"] == Sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:events:action/PutEvents")
    assert made["RequestParameters"] == {
        "integration.request.header.Content-Type": "'application/x-amz-json-1.1'",
        "integration.request.header.X-Amz-Target": "'AWSEvents.PutEvents'",
    }
    assert made["PassthroughBehavior"] == "NEVER"
    (entry,) = json.loads(sent(made))["Entries"]
    assert json.loads(entry.pop("Detail")) == json.loads(BODY)
    assert entry == {"EventBusName": "stack-c", "Source": "shop.orders", "DetailType": "a $b #if c"}


@pytest.mark.parametrize(
    ("answer", "status", "told"),
    [
        ('{"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}', None, "accepted"),
        ('{"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}', 500, "not accepted"),
        ("{}", 500, "not accepted"),
    ],
)
def test_an_event_that_the_bus_did_not_take_is_no_success(answer: str, status: int | None, told: str) -> None:
    accepted, failed = integration("buses: {c: {}}")["IntegrationResponses"]
    rendering = Rendering(accepted["ResponseTemplates"]["application/json"], answer)
    assert rendering.variables.get("context.responseOverride.status") == status
    assert json.loads(rendering.text) == {"status": told}
    assert failed == {"StatusCode": "500", "SelectionPattern": "[45]\\d{2}"}


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ('"arn:aws:sqs:eu-central-1:444455556666:theirs"', "444455556666/theirs"),
        ("{ssm: /theirs/q}", "${Account}/${Name}"),
        ("{export: theirs-q}", "${Account}/${Name}"),
    ],
)
def test_a_queue_that_exists_is_found_in_the_account_that_its_arn_names(place: str, path: str) -> None:
    text = "producers: {p: {type: api, route: POST /p, auth: iam, publishes: {message: OrderPlaced, to: q}}}\n"
    made = lower(topology_of(complete(f"{text}queues: {{q: {{existing: {place}}}}}"))).template()["Resources"]
    uri = next(one["Properties"]["Integration"]["Uri"] for one in made.values() if one["Type"].endswith("::Method"))
    assert uri.text == "arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path/" + path
    assert {name for name, _ in uri.variables} == ({"Account", "Name"} if "$" in path else set())


def test_a_stream_that_exists_is_named_by_its_arn() -> None:
    text = "producers: {p: {type: api, route: POST /p, auth: iam, publishes: {message: OrderPlaced, to: s}}}\n"
    arn = "arn:aws:kinesis:eu-central-1:444455556666:stream/theirs"
    made = lower(topology_of(complete(f"{text}streams: {{s: {{existing: '{arn}'}}}}"))).template()["Resources"]
    sent = next(one["Properties"]["Integration"] for one in made.values() if one["Type"].endswith("::Method"))
    template = str(sent["RequestTemplates"]["application/json"])
    assert f'"StreamARN": "{arn}"' in template
    assert "StreamName" not in template
