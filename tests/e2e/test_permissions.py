"""The permissions in the template are the ones that messages need: without any one of them its hop does not work.

The emulator enforces the roles of functions and the consent of queues to topics. What it does not look at (the consent of
queues to rules, the roles of routes, the consent of functions to routes, the right to receive) is compared as it stands.
"""

from typing import Any, NamedTuple

import pytest
import yaml

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.system import Compiled, System, compiled, until

pytestmark = pytest.mark.embedded


class Hop(NamedTuple):
    """A way of the topology: its producer, what says that the message arrived, the statement that lets it, and what is refused."""

    producer: str
    arrival: str
    holder: str
    sid: str
    refusal: str


HOPS = {
    "function-topic": Hop("start-topic", "behind-topic", "ToTopicFunctionRole", "SendToNews", "sns:Publish"),
    "function-bus": Hop("start-bus", "behind-bus", "ToBusFunctionRole", "SendToCommerce", "events:PutEvents"),
    "function-queue": Hop("start-queue", "direct", "ToQueueFunctionRole", "SendToDirect", "sqs:SendMessage"),
    "function-table": Hop("start-table", "table-work", "ToTableFunctionRole", "UseMarks", "dynamodb:PutItem"),
    "idempotency": Hop("start-once", "once-work", "ToOnceFunctionRole", "UseSeen", "dynamodb:"),
    "topic-queue": Hop("start-delivery", "guarded", "GuardedQueuePolicy", "AllowFromOpenTopic", "guarded"),
}
SENDERS = [hop for name, hop in HOPS.items() if name != "topic-queue"]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return compiled("permissions", tmp_path_factory.mktemp("permissions") / "out")


@pytest.fixture(scope="module")
def granted(aws: EmbeddedAws, given: Compiled) -> System:
    """The template as compiled, and a message on each way."""
    system = System.of(aws, given, stack="granted", visibility=None)
    for name, hop in HOPS.items():
        system.send("Ping", {"id": name}, hop.producer)
    system.settle()
    return system


@pytest.fixture(scope="module")
def denied(aws: EmbeddedAws, given: Compiled) -> System:
    """The template without the statements of HOPS, and a message on each way that was tried once."""
    before = given.path.read_text(encoding="utf-8")
    template = given.template
    for hop in HOPS.values():
        take_out(template["Resources"][hop.holder], hop.sid)
    given.path.write_text(yaml.safe_dump(template), encoding="utf-8")
    system = System.of(aws, given, stack="denied", visibility=None)
    given.path.write_text(before, encoding="utf-8")
    for name, hop in HOPS.items():
        system.send("Ping", {"id": name}, hop.producer)
    until(lambda: len(system.records()) == len(SENDERS), "not every function has tried")
    return system


def documents(resource: dict[str, Any]) -> list[dict[str, Any]]:
    """The policy documents of a role, or the one of a queue."""
    properties = resource["Properties"]
    return [policy["PolicyDocument"] for policy in properties.get("Policies", [properties])]


def statement(resource: dict[str, Any], sid: str) -> dict[str, Any]:
    (found,) = [each for document in documents(resource) for each in document["Statement"] if each["Sid"] == sid]
    return dict(found)


def take_out(resource: dict[str, Any], sid: str) -> None:
    taken = statement(resource, sid)
    for document in documents(resource):
        document["Statement"] = [each for each in document["Statement"] if each != taken]


def test_with_all_statements_every_message_arrives(granted: System) -> None:
    arrived = {
        record.key: record.queue
        for record in granted.records()
        if record.function in {"read-all", "to-table", "to-once"}
    }
    assert arrived == {name: hop.arrival for name, hop in HOPS.items()}
    assert {record.outcome for record in granted.records()} == {"handled"}
    assert (granted.items("marks"), granted.lying()) == ([{"id": "function-table"}], {})


@pytest.mark.parametrize("name", [name for name in HOPS if name != "topic-queue"])
def test_without_its_statement_a_function_cannot_act(denied: System, name: str) -> None:
    hop = HOPS[name]
    (tried,) = [record for record in denied.records() if record.key == name]
    function = hop.producer.replace("start", "to")
    assert (tried.function, tried.outcome, tried.receive_count) == (function, "failed", 1)
    assert hop.refusal in tried.error
    assert "AccessDenied" in tried.error or "not authorized" in tried.error


def test_without_any_of_the_statements_nothing_arrives(denied: System) -> None:
    waiting = {f"{hop.producer.removeprefix('start-')}-work": [({"id": name}, 1)] for name, hop in HOPS.items()}
    del waiting["delivery-work"]
    assert denied.lying() == waiting
    assert (denied.items("marks"), denied.items("seen")) == ([], [])


def test_without_consent_of_the_queue_a_topic_does_not_deliver(denied: System) -> None:
    (denial,) = [line for line in denied.aws.denials() if "denied-" in line]
    assert denied.stack.physical("OpenTopic") in denial
    assert denied.queue("guarded").rpartition("/")[2] in denial
    assert [record for record in denied.records() if record.key == "topic-queue"] == []


def test_what_the_emulator_does_not_enforce_stands_in_the_template(granted: System) -> None:
    resources = granted.template["Resources"]
    assert statement(resources["BehindBusQueuePolicy"], "AllowFromBehindBusQueueFromCommerceBusRule") == {
        "Sid": "AllowFromBehindBusQueueFromCommerceBusRule",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": {"Fn::GetAtt": ["BehindBusQueue", "Arn"]},
        "Condition": {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["BehindBusQueueFromCommerceBusRule", "Arn"]}}},
    }
    assert documents(resources["StartApiApiRole"])[0]["Statement"] == [
        {
            "Sid": "SendToQueueWork",
            "Effect": "Allow",
            "Action": "sqs:SendMessage",
            "Resource": {"Fn::GetAtt": ["QueueWorkQueue", "Arn"]},
        }
    ]
    assert resources["ToTableFunctionFromStartFunctionApiPermission"]["Properties"] == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Ref": "ToTableFunction"},
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": {
            "Fn::Sub": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${RestApi}/live/POST/pongs"
        },
    }
    assert statement(resources["ToTableFunctionRole"], "ReceiveFromTableWork") == {
        "Sid": "ReceiveFromTableWork",
        "Effect": "Allow",
        "Action": ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
        "Resource": {"Fn::GetAtt": ["TableWorkQueue", "Arn"]},
    }
