"""A real message over every hop: through the compiled template and the generated handlers into the team's code."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from penstock.dev.embedded import EmbeddedAws, Reply
from penstock.plan.names import logical_id
from tests.e2e.foreign import Foreign
from tests.e2e.system import System, compiled, value
from tests.velocity import Rendering, substituted

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """With the declared visibility timeouts: no message of these tests comes back."""
    yield System.of(aws, compiled("hops", tmp_path_factory.mktemp("hops") / "out"), visibility=None)
    assert aws.denials() == ()


@pytest.fixture(scope="module")
def partner(system: System) -> Foreign:
    """The role that the topology names as the external producer, in an account of its own."""
    return Foreign.of(system.aws, "111122223333", "partner")


def order(order_id: str, *, customer: str = "c-1", region: str = "eu", amount: float = 150) -> dict[str, Any]:
    return {"order_id": order_id, "customer": {"id": customer}, "region": region, "amount": amount}


def request(system: System, method: str, path: str, body: str) -> Reply:
    """A request to the REST API as a client sends it."""
    stage = f"/_aws/execute-api/{system.stack.physical('RestApi')}/live"
    return system.aws.signed(
        "execute-api", method, stage + path, body.encode(), {"Content-Type": "application/json; charset=utf-8"}
    )


def read(system: System, order_id: str) -> dict[str, list[tuple[str, object]]]:
    """Who wrote an order down, how often, and with what message and payload."""
    lines = {reader: [line.split(" ", 1) for line in lines] for reader, lines in system.journal().items()}
    of_order = {
        reader: [(name, value(text)) for name, text in lines if f'"order_id": "{order_id}"' in text]
        for reader, lines in lines.items()
    }
    return {reader: lines for reader, lines in of_order.items() if lines}


DOWNSTREAM = [
    "bare > read-bare: handled OrderPlaced 1",
    "copies > read-copies: handled OrderPlaced 1",
    "direct > read-direct: handled OrderPlaced 1",
    "domestic > read-filtered: handled OrderPlaced 1",
    "entries > read-entries: handled OrderPlaced 1",
    "grouped > read-events: handled OrderPlaced 1",
    "intake > relay: handled OrderPlaced 1",
    "invoices > read-events: handled OrderPlaced 1",
    "placed > read-filtered: handled OrderPlaced 1",
    "steps > read-steps: handled OrderPlaced 1",
    "valuable > read-filtered: handled OrderPlaced 1",
    "wrapped > read-wrapped: handled OrderPlaced 1",
]
READERS = {
    "read-bare": 1,
    "read-copies": 1,
    "read-direct": 1,
    "read-entries": 1,
    "read-events": 2,
    "read-filtered": 3,
    "read-steps": 1,
    "read-wrapped": 1,
}


def looked_into(*queues: str) -> list[str]:
    """DOWNSTREAM, where the test has received from some queues before their handlers did."""
    return [line.removesuffix(" 1") + " 2" if line.split(" > ")[0] in queues else line for line in DOWNSTREAM]


def everywhere(payload: dict[str, Any]) -> dict[str, list[tuple[str, object]]]:
    """What the readers behind `relay` write down of a European order of great value."""
    return {reader: [("OrderPlaced", payload)] * times for reader, times in READERS.items()}


def test_api_to_queue_to_function_and_on_to_every_channel(system: System) -> None:
    sent = order("api-queue") | {"note": 'Zürich & "more" = 5 + 3 %'}
    assert request(system, "POST", "/orders", json.dumps(sent)) == Reply(
        http.client.ACCEPTED, b'{"status": "accepted"}'
    )
    system.settle()
    assert system.passed("api-queue") == DOWNSTREAM
    assert read(system, "api-queue") == everywhere(sent)


@pytest.mark.parametrize("path", ["/orders", "/counter", "/desk/anna", "/news", "/events"])
@pytest.mark.parametrize("body", ["no JSON", "{}", json.dumps(order("garbage") | {"amount": "much"})])
def test_garbage_is_refused_at_the_door(system: System, path: str, body: str) -> None:
    assert request(system, "POST", path, body).status == http.client.BAD_REQUEST
    system.settle()
    assert (system.passed("garbage"), system.lying()) == ([], {})


def test_api_to_fifo_queue_takes_group_and_deduplication_from_the_body(system: System) -> None:
    sent = [
        order("q-1", customer="a"),
        order("q-2", customer="b"),
        order("q-1", customer="a"),
        order("q-3", customer="a"),
    ]
    with system.paused("read-numbered"):
        for each in sent:
            assert request(system, "POST", "/counter", json.dumps(each)).status == http.client.ACCEPTED
        lying = system.wire("numbered")
    assert [json.loads(message["Body"]) for message in lying] == [sent[0], sent[1], sent[3]]
    assert [message["Attributes"]["MessageGroupId"] for message in lying] == ["a", "b", "a"]
    assert [message["Attributes"]["MessageDeduplicationId"] for message in lying] == ["q-1", "q-2", "q-3"]
    assert [attribute(message) for message in lying] == ["OrderPlaced"] * 3
    system.settle()
    keys = ("q-1", "q-2", "q-3")
    assert [system.passed(key) for key in keys] == [["numbered > read-numbered: handled OrderPlaced 2"]] * 3
    assert [read(system, key) for key in keys] == [
        {"read-numbered": [("OrderPlaced", each)]} for each in (sent[0], sent[1], sent[3])
    ]


def integrated(system: System, producer: str, service: str, payload: dict[str, Any]) -> Reply:
    """The request that API Gateway makes of a payload, made here: a gap of the emulator is that it has no integration but SQS's."""
    method = logical_id(producer, "ApiMethod")
    gap = [change.what for change in system.stack.changes if change.logical_id == method]
    assert [what.partition(":")[0] for what in gap] == [
        f"answers with an error, because the embedded AWS has no integration with {'a topic' if service == 'sns' else 'a bus'}"
    ]
    made = system.template["Resources"][method]["Properties"]["Integration"]
    body = Rendering(
        substituted(made["RequestTemplates"]["application/json"]["Fn::Sub"], dict(system.stack.resources)),
        json.dumps(payload),
    ).text
    headers = {name.rpartition(".")[2]: value.strip("'") for name, value in made["RequestParameters"].items()}
    return system.aws.signed(service, "POST", "/", body.encode(), headers)


def test_api_to_topic(system: System) -> None:
    sent = order("api-topic", customer="c-1", region="us") | {"note": 'Zürich & "more" = it\'s 5 + 3 %'}
    assert request(system, "POST", "/news", json.dumps(sent)).status >= http.client.INTERNAL_SERVER_ERROR
    assert integrated(system, "herald", "sns", sent).status == http.client.OK
    system.settle()
    assert system.passed("api-topic") == [
        "bare > read-bare: handled OrderPlaced 1",
        "placed > read-filtered: handled OrderPlaced 1",
        "valuable > read-filtered: handled OrderPlaced 1",
        "wrapped > read-wrapped: handled OrderPlaced 1",
    ]
    assert read(system, "api-topic") == {
        "read-bare": [("OrderPlaced", sent)],
        "read-filtered": [("OrderPlaced", sent)] * 2,
        "read-wrapped": [("OrderPlaced", sent)],
    }


def test_api_to_bus(system: System) -> None:
    sent = order("api-bus", customer="c-1") | {"note": 'Zürich & "more" = it\'s 5 + 3 %'}
    assert request(system, "POST", "/events", json.dumps(sent)).status >= http.client.INTERNAL_SERVER_ERROR
    answer = integrated(system, "crier", "events", sent)
    assert (answer.status, json.loads(answer.body)["FailedEntryCount"]) == (http.client.OK, 0)
    system.settle()
    assert system.passed("api-bus") == [
        "grouped > read-events: handled OrderPlaced 1",
        "invoices > read-events: handled OrderPlaced 1",
    ]
    assert read(system, "api-bus") == {"read-events": [("OrderPlaced", sent)] * 2}


def test_api_to_function_answers_and_sends_on(system: System) -> None:
    sent = order("api-function")
    assert request(system, "POST", "/desk/anna", json.dumps(sent)) == Reply(202, b'{"status": "accepted"}')
    system.settle()
    assert system.passed("api-function") == [
        "api > clerk: handled OrderPlaced 1",
        "direct > read-direct: handled OrderPlaced 1",
    ]
    assert read(system, "api-function") == {reader: [("OrderPlaced", sent)] for reader in ("clerk", "read-direct")}


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"amount": "much"}, 400, None),  # refused at the door: the function never sees it
        ({"note": "refuse"}, 502, "ValueError: refused api-function-502"),
    ],
)
def test_api_to_function_that_fails_sends_nothing_on(
    system: System, change: dict[str, str], status: int, error: str | None
) -> None:
    identity = f"api-function-{status}"
    assert request(system, "POST", "/desk/anna", json.dumps(order(identity) | change)).status == status
    system.settle()
    seen = [(record.function, record.outcome, record.error) for record in system.records() if record.key == identity]
    assert seen == ([("clerk", "failed", error)] if error else [])
    assert [line for line in system.passed(f"api-function-{status}") if "clerk" not in line] == []
    assert read(system, f"api-function-{status}") == {}


def test_function_to_queue_and_table(system: System) -> None:
    sent = order("function")
    name = system.stack.physical("NightlyFunction")
    answer = system.aws.call("lambda", "invoke", FunctionName=name, Payload=json.dumps(sent).encode())
    assert json.loads(answer["Payload"].read()) == {"sent": "function"}
    system.settle()
    assert system.items("ticks") == [{"order_id": "function", "region": "eu"}]
    assert system.passed("function") == DOWNSTREAM
    assert read(system, "function") == everywhere(sent)


def test_function_to_queue_and_fifo_queue_as_they_travel(system: System) -> None:
    sent = order("direct", customer="c 1")
    with system.paused("read-direct", "read-steps"):
        system.send("OrderPlaced", sent, "checkout")
        (plain,), (ordered,) = system.wire("direct"), system.wire("steps")
    assert json.loads(plain["Body"]) == json.loads(ordered["Body"]) == sent
    assert attribute(plain) == attribute(ordered) == "OrderPlaced"
    assert "MessageGroupId" not in plain["Attributes"]
    group, unique = ordered["Attributes"]["MessageGroupId"], ordered["Attributes"]["MessageDeduplicationId"]
    assert (len(group), unique) == (64, "direct")
    system.settle()
    assert system.passed("direct") == looked_into("direct", "steps")
    assert read(system, "direct") == everywhere(sent)


def test_topic_to_queue_in_an_envelope_and_raw(system: System) -> None:
    sent = order("envelope")
    with system.paused("read-wrapped", "read-bare"):
        system.send("OrderPlaced", sent, "checkout")
        (wrapped,), (bare,) = system.wire("wrapped"), system.wire("bare")
    envelope = json.loads(wrapped["Body"])
    assert (envelope["Type"], envelope["TopicArn"]) == ("Notification", system.stack.physical("OrdersTopic"))
    assert json.loads(envelope["Message"]) == json.loads(bare["Body"]) == sent
    named = {name: given["Value"] for name, given in envelope["MessageAttributes"].items()}
    assert named == {"message": "OrderPlaced", "region": "eu"}
    assert {name: given["StringValue"] for name, given in bare["MessageAttributes"].items()} == named
    system.settle()
    assert system.passed("envelope") == looked_into("bare", "wrapped")
    assert read(system, "envelope") == everywhere(sent)


@pytest.mark.parametrize(
    ("order_id", "region", "amount", "missing"),
    [
        ("filter-1", "eu", 100, []),
        ("filter-2", "eu", 99.5, ["valuable"]),
        ("filter-3", "us", 100, ["domestic"]),
        ("filter-4", "us", 1, ["domestic", "valuable"]),
    ],
)
def test_topic_to_queue_with_a_filter(
    system: System, order_id: str, region: str, amount: float, missing: list[str]
) -> None:
    sent = order(order_id, region=region, amount=amount)
    system.send("OrderPlaced", sent, "checkout")
    system.settle()
    assert system.passed(order_id) == [line for line in DOWNSTREAM if line.split(" > ")[0] not in missing]
    assert read(system, order_id) == everywhere(sent) | {"read-filtered": [("OrderPlaced", sent)] * (3 - len(missing))}


def test_fifo_topic_to_fifo_queue_keeps_group_and_deduplication(system: System) -> None:
    sent = [
        order("l-1", customer="a"),
        order("l-2", customer="b"),
        order("l-1", customer="a"),
        order("l-3", customer="a"),
    ]
    with system.paused("read-entries", "read-copies"):
        for each in sent:
            system.send("OrderPlaced", each, "checkout")
        kept, copied = system.wire("entries"), system.wire("copies")
    ordered = [json.loads(json.loads(message["Body"])["Message"]) for message in kept]
    assert sorted(each["order_id"] for each in ordered) == ["l-1", "l-2", "l-3"]
    assert [message["Attributes"]["MessageGroupId"] for message in kept] == [each["customer"]["id"] for each in ordered]
    assert [message["Attributes"]["MessageDeduplicationId"] for message in kept] == [
        each["order_id"] for each in ordered
    ]
    assert sorted(json.loads(json.loads(message["Body"])["Message"])["order_id"] for message in copied) == [
        "l-1",
        "l-2",
        "l-3",
    ]
    system.settle()
    assert [system.passed(key) for key in ("l-2", "l-3")] == [looked_into("copies", "entries")] * 2
    assert read(system, "l-2") == everywhere(sent[1])


def test_bus_to_queue_as_it_travels(system: System) -> None:
    sent = order("bus", customer="c-9")
    with system.paused("read-events"):
        system.send("OrderPlaced", sent, "checkout")
        (invoice,), (grouped,) = system.wire("invoices"), system.wire("grouped")
    event = json.loads(invoice["Body"])
    assert (event["source"], event["detail-type"], event["detail"]) == ("shop.orders", "OrderPlaced", sent)
    # A gap of the emulator: it takes the JSON path for the group itself. EventBridge reads the event with it.
    assert grouped["Attributes"]["MessageGroupId"] == "$.detail.customer.id"
    system.settle()
    assert system.passed("bus") == looked_into("invoices", "grouped")
    assert read(system, "bus") == everywhere(sent)


@pytest.mark.parametrize(
    ("region", "seen"), [("eu", ["cancelled > read-events: handled OrderCancelled 1"]), ("us", [])]
)
def test_external_to_bus_to_queue_by_pattern(system: System, region: str, seen: list[str]) -> None:
    sent = order(f"cancelled-{region}", region=region)
    system.send("OrderCancelled", sent, "auditor")
    system.settle()
    assert system.passed(f"cancelled-{region}") == seen
    assert read(system, f"cancelled-{region}") == ({"read-events": [("OrderCancelled", sent)]} if seen else {})


def test_external_to_bus_is_let_in_by_a_policy_that_the_emulator_lacks(system: System) -> None:
    left_out = [change.logical_id for change in system.stack.changes if "EventBusPolicy" in change.what]
    assert [system.template["Resources"][name]["Properties"] for name in left_out] == [
        {
            "EventBusName": {"Ref": "CommerceBus"},
            "StatementId": "AllowFromAuditorExternal",
            "Statement": {
                "Sid": "AllowFromAuditorExternal",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::444455556666:role/audit"},
                "Action": "events:PutEvents",
                "Resource": {"Fn::GetAtt": ["CommerceBus", "Arn"]},
            },
        }
    ]


def test_external_to_queue(system: System, partner: Foreign) -> None:
    sent = order("external-queue")
    partner.to_queue(system.queue("intake"), sent)
    system.settle()
    assert system.passed("external-queue") == ["intake > relay: handled OrderCancelled 1"]
    assert read(system, "external-queue") == {"relay": [("OrderCancelled", sent)]}


def test_external_to_topic(system: System, partner: Foreign) -> None:
    sent = order("external-topic", amount=5)
    partner.to_topic(system.stack.physical("OrdersTopic"), sent)
    system.settle()
    assert system.passed("external-topic") == [
        "bare > read-bare: handled OrderCancelled 1",
        "domestic > read-filtered: handled OrderCancelled 1",
        "wrapped > read-wrapped: handled OrderCancelled 1",
    ]
    readers = ("read-bare", "read-filtered", "read-wrapped")
    assert read(system, "external-topic") == {reader: [("OrderCancelled", sent)] for reader in readers}


def test_external_to_fifo_topic_keeps_the_order_and_takes_copies_once(system: System, partner: Foreign) -> None:
    sent = [order(f"f-{number}", customer="ab"[number % 2]) for number in range(5)]
    topic = system.stack.physical("LedgerTopic")
    with system.paused("read-entries"):
        for each in [*sent, sent[1], sent[4]]:
            partner.to_topic(
                topic, each, MessageGroupId=each["customer"]["id"], MessageDeduplicationId=each["order_id"]
            )
        lying = system.wire("entries")
    assert [json.loads(json.loads(message["Body"])["Message"]) for message in lying] == sent
    assert [message["Attributes"]["MessageGroupId"] for message in lying] == ["a", "b", "a", "b", "a"]
    system.settle()
    keys = [each["order_id"] for each in sent]
    arrived = ["copies > read-copies: handled OrderCancelled 1", "entries > read-entries: handled OrderCancelled 2"]
    assert [system.passed(key) for key in keys] == [arrived] * 5
    written = [value(line.partition(" ")[2]) for line in system.journal()["read-entries"] if '"f-' in line]
    assert written == sent


@pytest.mark.parametrize(("account", "role"), [("111122223333", "intern"), ("999988887777", "partner")])
def test_whom_the_topology_does_not_name_is_refused(system: System, account: str, role: str) -> None:
    """Another role of the partner's account, and a role of that name elsewhere, both with all rights that their own account can give."""
    stranger = Foreign.of(system.aws, account, role)
    with pytest.raises(ClientError, match="AccessDenied"):
        stranger.to_queue(system.queue("intake"), order("stranger"))
    with pytest.raises(ClientError, match=r"AuthorizationError|AccessDenied"):
        stranger.to_topic(system.stack.physical("OrdersTopic"), order("stranger"))
    system.settle()
    assert (system.passed("stranger"), read(system, "stranger")) == ([], {})


def attribute(message: dict[str, Any]) -> str:
    """The contract's name as SQS hands it out; there is no other attribute."""
    assert list(message["MessageAttributes"]) == ["message"]
    return str(message["MessageAttributes"]["message"]["StringValue"])
