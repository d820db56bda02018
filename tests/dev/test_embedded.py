import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from penstock.dev import DevError, embedded
from penstock.dev.deploy import Stack, deploy
from penstock.dev.embedded import EmbeddedAws
from penstock.dev.observe import observe
from penstock.dev.places import Contract, Entry, EntryKind, Message, Places, QueuePlace
from penstock.dev.send import send

pytestmark = pytest.mark.embedded
HOLD = """
import time
from penstock.dev.embedded import EmbeddedAws
with EmbeddedAws() as aws:
    print(aws.folder, flush=True)
    time.sleep(60)
"""
CONTRACT = Contract("OrderPlaced", "order_id", "order_id")
PAYLOAD = '{"order_id": "o-1"}'


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as running:
        yield running


def resource(kind: str, **properties: object) -> dict[str, object]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def deployed(aws: EmbeddedAws, folder: Path, name: str, resources: dict[str, object]) -> Stack:
    template = folder / "template.json"
    template.write_text(json.dumps({"Resources": resources}))
    return deploy(template, name, aws)


def gone(folder: Path, seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        commands = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        if not folder.exists() and str(folder) not in commands:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_the_program_dies(number: signal.Signals) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", HOLD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as program:
        assert program.stdout is not None
        folder = Path(program.stdout.readline().decode().strip())
        assert folder.is_dir()
        program.send_signal(number)
    assert gone(folder)


def test_stopping_twice_is_harmless_and_leaves_nothing() -> None:
    aws = EmbeddedAws()
    aws.start()
    folder = aws.folder
    aws.stop()
    aws.stop()
    assert gone(folder)
    with pytest.raises(DevError, match="not running"):
        _ = aws.folder


def test_a_start_that_takes_too_long_is_a_fault_that_leaves_nothing() -> None:
    aws = EmbeddedAws(start_seconds=0.0)
    with pytest.raises(DevError, match="did not start within 0 s"):
        aws.start()
    with pytest.raises(DevError, match="not running"):
        _ = aws.folder


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "NEEDED", ("no_such_thing",))
    with pytest.raises(DevError, match=r"no_such_thing is not installed: pip install 'penstock\[dev\]'"):
        EmbeddedAws().start()


def test_the_configuration_of_the_user_has_no_part(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AWS_PROFILE": "absent", "HTTP_PROXY": "http://127.0.0.1:1", "AWS_REGION": "x"}.items():
        monkeypatch.setenv(name, value)
    assert aws.call("sts", "get_caller_identity")["Account"] == embedded.ACCOUNT


def test_a_refusal_names_service_and_operation(aws: EmbeddedAws) -> None:
    with pytest.raises(DevError, match="sqs refused get_queue_url"):
        aws.call("sqs", "get_queue_url", QueueName="absent")


def test_a_failed_deployment_names_the_resource(aws: EmbeddedAws, tmp_path: Path) -> None:
    bad = resource("SQS::Queue", VisibilityTimeout=999999)
    with pytest.raises(DevError, match=r"failing was not deployed: Bad \(AWS::SQS::Queue\)"):
        deployed(aws, tmp_path, "failing", {"Bad": bad})


def test_code_that_is_not_there_is_named(aws: EmbeddedAws, tmp_path: Path) -> None:
    function = resource("Lambda::Function", Code="functions/absent")
    with pytest.raises(DevError, match=r"Worker.Code points at .*functions/absent, which does not exist"):
        deployed(aws, tmp_path, "codeless", {"Worker": function})


def test_every_kind_of_door_takes_messages(aws: EmbeddedAws, tmp_path: Path) -> None:
    arn = {"Fn::GetAtt": ["Inbox", "Arn"]}
    allow = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    resources: dict[str, object] = {
        "Inbox": resource("SQS::Queue", FifoQueue=True),
        "Policy": resource("SQS::QueuePolicy", Queues=[{"Ref": "Inbox"}], PolicyDocument={"Statement": [allow]}),
        "Topic": resource("SNS::Topic", FifoTopic=True, TopicName="doors.fifo"),
        "Sub": resource("SNS::Subscription", TopicArn={"Ref": "Topic"}, Protocol="sqs", Endpoint=arn),
        "Bus": resource("Events::EventBus", Name="doors"),
        "Rule": resource(
            "Events::Rule",
            EventBusName={"Ref": "Bus"},
            EventPattern={"source": ["shop"], "detail-type": ["OrderPlaced"]},
            Targets=[{"Id": "inbox", "Arn": arn, "SqsParameters": {"MessageGroupId": "g"}}],
        ),
        "Stream": resource("Kinesis::Stream", ShardCount=1),
    }
    stack = deployed(aws, tmp_path, "doors", resources)
    doors = [
        Entry("shop", EntryKind.QUEUE, "inbox", "Inbox", fifo=True),
        Entry("shop", EntryKind.TOPIC, "topic", "Topic", fifo=True),
        Entry("shop", EntryKind.BUS, "bus", "Bus", event_source="shop"),
        Entry("shop", EntryKind.STREAM, "stream", "Stream"),
    ]
    sent = [send(aws, stack, Message("order", CONTRACT, door, PAYLOAD)) for door in doors]
    assert [message.refusal for message in sent] == [None] * len(doors)
    lying = observe(aws, stack, Places((QueuePlace("inbox", "Inbox"),), ())).lying
    assert [message.payload.replace(" ", "") for message in lying] == [PAYLOAD.replace(" ", "")] * 3
    assert [message.receive_count for message in lying] == [0] * 3


def test_a_bus_refuses_what_is_no_json(aws: EmbeddedAws, tmp_path: Path) -> None:
    stack = deployed(aws, tmp_path, "strict", {"Bus": resource("Events::EventBus", Name="strict")})
    door = Entry("shop", EntryKind.BUS, "bus", "Bus", event_source="shop")
    assert "MalformedDetail" in str(send(aws, stack, Message("garbage", CONTRACT, door, "garbage")).refusal)


def test_a_delivery_that_the_queue_does_not_allow_is_told(aws: EmbeddedAws, tmp_path: Path) -> None:
    resources: dict[str, object] = {
        "Closed": resource("SQS::Queue"),
        "Topic": resource("SNS::Topic", TopicName="unwelcome"),
        "Sub": resource(
            "SNS::Subscription",
            TopicArn={"Ref": "Topic"},
            Protocol="sqs",
            Endpoint={"Fn::GetAtt": ["Closed", "Arn"]},
        ),
    }
    stack = deployed(aws, tmp_path, "closed", resources)
    send(aws, stack, Message("order", CONTRACT, Entry("shop", EntryKind.TOPIC, "topic", "Topic"), PAYLOAD))
    assert observe(aws, stack, Places((QueuePlace("closed", "Closed"),), ())).lying == ()
    assert any("unwelcome to closed-Closed" in denial for denial in aws.denials())
