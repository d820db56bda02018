"""What a schedule sends, and to whom it may."""

import json
from pathlib import Path
from typing import Any

import pytest

from penstock.hops import Ending, semantics
from penstock.hops.lowering import lower
from penstock.hops.schedule import identifier
from penstock.kinds.build import build
from penstock.plan.values import GetAtt, Ref, Sub
from penstock.source.schema_file import SchemaFiles
from tests.topologies import complete, document_of, topology_of
from tests.velocity import substituted

TIME = "<aws.scheduler.scheduled-time>"
MESSAGE = "messages:\n  Ticked: {schema: {type: object}, key: shop, idempotency_key: at, detail_type: ticked}\n"
ADDRESSES = {"CQueue": "https://sqs/c", "CTopic": "arn:aws:sns:eu-central-1:111122223333:c"}


def text(channels: str, payload: str = f"{{at: {TIME}, shop: s-1}}", more: str = "", to: str = "c") -> str:
    schedule = (
        f"{{type: schedule, every: rate(1 day), payload: {payload}, {more}publishes: {{message: Ticked, to: {to}}}}}"
    )
    return complete(f"{MESSAGE}producers:\n  p: {schedule}\n{channels}")


def resources_of(given: str) -> dict[str, Any]:
    made: dict[str, Any] = lower(topology_of(given)).template()["Resources"]
    return made


def target_of(given: str) -> dict[str, Any]:
    (target,) = (
        body["Properties"]["Target"]
        for body in resources_of(given).values()
        if body["Type"] == "AWS::Scheduler::Schedule"
    )
    found: dict[str, Any] = target
    return found


def call_of(given: str) -> dict[str, Any]:
    call: dict[str, Any] = json.loads(substituted(target_of(given)["Input"].text, ADDRESSES))
    return call


def test_a_schedule_with_all_that_it_can_say() -> None:
    more = "timezone: Europe/Berlin, enabled: false, retries: {max_retries: 0, max_age: 1h}, dlq: {}, tags: {a: b}, "
    made = resources_of(text("queues: {c: {}}", more=more))
    schedule = made["CQueueFromPSchedule"]["Properties"]
    assert schedule.pop("Target").keys() == {"RoleArn", "Arn", "Input", "RetryPolicy", "DeadLetterConfig"}
    assert schedule == {
        "GroupName": Ref("ScheduleGroup"),
        "ScheduleExpression": "rate(1 day)",
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "State": "DISABLED",
    }
    target = target_of(text("queues: {c: {}}", more=more))
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 3_600}
    assert target["DeadLetterConfig"] == {"Arn": GetAtt("PDlqQueue", "Arn")}
    role = made["PScheduleRole"]["Properties"]
    assert role["Tags"] == [{"Key": "a", "Value": "b"}]
    assert [one["Sid"] for one in role["Policies"][0]["PolicyDocument"]["Statement"]] == ["GiveUpToPDlq", "SendToC"]
    assert [one["Sid"] for one in made["PDlqQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]] == [
        "RefusePlainHttp"
    ]


def test_a_queue_gets_the_payload_and_the_contracts_name() -> None:
    given = text("queues: {c: {}}", payload="{at: '${x} ü \"q\"'}")
    assert target_of(given)["Arn"] == Sub("arn:${AWS::Partition}:scheduler:::aws-sdk:sqs:sendMessage")
    call = call_of(given)
    assert json.loads(call.pop("MessageBody")) == {"at": '${x} ü "q"'}
    assert call == {
        "QueueUrl": "https://sqs/c",
        "MessageAttributes": {"message": {"DataType": "String", "StringValue": "Ticked"}},
    }


@pytest.mark.parametrize(
    ("fifo", "payload", "ids"),
    [
        ("{deduplication: content}", f"{{at: {TIME}, shop: s-1}}", {"MessageGroupId": "s-1"}),
        ("{}", f"{{at: {TIME}, shop: s-1}}", {"MessageGroupId": "s-1", "MessageDeduplicationId": TIME}),
        ("{}", f"{{at: a {TIME}}}", {"MessageGroupId": "all", "MessageDeduplicationId": f"a-{TIME}"}),
        ("{}", "{}", {"MessageGroupId": "all", "MessageDeduplicationId": TIME}),
        ("{}", "{at: 7, shop: s}", {"MessageGroupId": "s", "MessageDeduplicationId": "7"}),
    ],
)
@pytest.mark.parametrize("channel", ["queues", "topics"])
def test_a_fifo_channel_gets_group_and_id(channel: str, fifo: str, payload: str, ids: dict[str, str]) -> None:
    call = call_of(text(f"{channel}: {{c: {{fifo: {fifo}}}}}", payload))
    assert {name: value for name, value in call.items() if name.endswith("Id")} == ids


def test_what_is_no_identifier_is_replaced_by_its_digest() -> None:
    assert identifier("a b") == identifier("a b") != identifier("a  b")
    assert len(identifier("a" * 129)) == 64
    assert identifier(None) == identifier("") == ""


def test_a_topic_gets_what_its_subscriptions_filter_on() -> None:
    wanted = "{shop: [a], n: [1], on: [true], tags: [a], gone: [x], message: [Ticked]}"
    call = call_of(
        text(
            f"topics: {{c: {{}}}}\nqueues: {{q: {{from: {{source: c, filter: {wanted}}}}}}}",
            "{shop: a, n: 1, on: true, tags: [a]}",
        )
    )
    assert (call["TopicArn"], json.loads(call["Message"])["n"]) == (ADDRESSES["CTopic"], 1)
    assert {name: tuple(value.values()) for name, value in call["MessageAttributes"].items()} == {
        "message": ("String", "Ticked"),
        "n": ("Number", "1"),
        "on": ("String", "true"),
        "shop": ("String", "a"),
        "tags": ("String.Array", '["a"]'),
    }


def test_a_bus_gets_an_event_and_a_function_the_payload() -> None:
    bus = target_of(text("buses: {c: {event_source: shop.clock}}"))
    assert bus.pop("Input") == json.dumps({"at": TIME, "shop": "s-1"})
    assert bus == {
        "RoleArn": GetAtt("PScheduleRole", "Arn"),
        "Arn": GetAtt("CBus", "Arn"),
        "EventBridgeParameters": {"DetailType": "ticked", "Source": "shop.clock"},
    }
    function = target_of(text("consumers: {c: {}}"))
    assert function == {
        "RoleArn": GetAtt("PScheduleRole", "Arn"),
        "Arn": GetAtt("CFunction", "Arn"),
        "Input": json.dumps({"at": TIME, "shop": "s-1"}),
    }


@pytest.mark.parametrize(
    ("more", "attempts", "window", "ending"),
    [
        ("", 186, 86_400, Ending.DROPPED),
        ("dlq: {none: why}, ", 186, 86_400, Ending.DROPPED),
        ("retries: {max_retries: 3}, dlq: {}, ", 4, 86_400, Ending.DEAD_LETTERS),
        ("retries: {max_age: 1h}, dlq: {queue: c}, ", 186, 3_600, Ending.DEAD_LETTERS),
    ],
)
def test_a_schedule_tries_again_as_it_is_told(more: str, attempts: int, window: int, ending: Ending) -> None:
    topology = topology_of(text("queues: {c: {}}", more=more))
    promise = semantics(topology.connections[0], topology)
    assert promise is not None
    assert (promise.attempts, promise.window, promise.ending) == (attempts, window, ending)
    assert promise.retried_by == "EventBridge Scheduler"


@pytest.mark.parametrize(
    ("publishes", "fault"),
    [
        ("[{message: A, to: q}, {message: B, to: r}]", "schedule 'p' sends A and B, but its payload is one message"),
        (
            "{message: A, to: f}",
            "schedule 'p' invokes 'f' with A, as another does with B: nothing tells them apart",
        ),
    ],
)
def test_what_a_schedule_cannot_say(publishes: str, fault: str) -> None:
    given = complete(
        "messages:\n  A: {schema: {type: object}}\n  B: {schema: {type: object}}\n"
        "producers:\n  o: {type: schedule, every: rate(1 day), publishes: {message: B, to: f}}\n"
        f"  p: {{type: schedule, every: rate(1 day), publishes: {publishes}}}\n"
        "queues: {q: {}, r: {}}\nconsumers: {f: {}}"
    )
    (found,) = build(document_of(given), SchemaFiles(Path())).faults
    assert (found.code, found.message) == ("REF012", fault)
