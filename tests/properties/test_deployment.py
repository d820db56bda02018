"""What lints clean compiles, and what compiles deploys: the services themselves say that it is there.

A few topologies a run; `PENSTOCK_DEPLOYMENTS=300 pytest tests/properties/test_deployment.py` tries more of them, and other ones each time.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from penstock.cli.output import write
from penstock.dev.aliases import pass_aliases_by
from penstock.dev.deploy import deploy
from penstock.dev.embedded import ACCOUNT, EmbeddedAws
from penstock.dev.package import folder_archive
from penstock.dev.template import read_template
from penstock.pipeline import check, compile_topology
from tests.deployed import Deployed
from tests.strategies import Data, Generated, topologies

pytestmark = pytest.mark.embedded

MANY = os.environ.get("PENSTOCK_DEPLOYMENTS")
LACKING = {
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::EventSchemas::Discoverer",
    "AWS::EventSchemas::Registry",
    "AWS::EventSchemas::Schema",
    "AWS::Events::ApiDestination",
    "AWS::Events::Archive",
    "AWS::Events::Connection",
    "AWS::Events::EventBusPolicy",
    "AWS::Kinesis::ResourcePolicy",
    "AWS::Kinesis::StreamConsumer",
    "AWS::Logs::Delivery",
    "AWS::Logs::DeliveryDestination",
    "AWS::Logs::DeliverySource",
    "AWS::WAFv2::WebACLAssociation",
}
"""What the emulator has not."""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
WITH_THEM = {
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::Events::Rule",
    "AWS::IAM::Role",
    "AWS::Pipes::Pipe",
}
"""What may refer to these."""


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as running:
        yield running


@settings(
    max_examples=int(MANY or 15),
    derandomize=not MANY,
    database=None,
    phases=[Phase.generate],  # what fails is printed whole: shrinking it would deploy it hundreds of times
    suppress_health_check=list(HealthCheck),
)
@given(generated=topologies(sound=True))
def test_what_lints_clean_compiles_and_deploys(aws: EmbeddedAws, generated: Generated) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "topology.yaml"
        path.write_text(generated.text.replace("111122223333", ACCOUNT), encoding="utf-8")
        checked = check(path)
        assert checked.topology is not None, checked.diagnostics
        assume(not checked.broken)
        write(folder / "out", compile_topology(path, checked.topology, output=folder / "out").files)
        aws.http("POST", "/_ministack/reset")
        outside = theirs(generated.data, aws, folder)
        template = folder / "out" / "template.yaml"
        stack = deploy(template, "shop", aws, visibility=None)
        stated = read_template(template.read_text(encoding="utf-8"))
        list(pass_aliases_by(stated))  # as the embedded run does
        deployed = Deployed(aws, stated, stack, outside)
        assert set(deployed.missing().values()) <= LACKING | WITH_THEM
        assert deployed.differences() == []


def theirs(data: Data, aws: EmbeddedAws, folder: Path) -> dict[str, str]:
    """Make what a topology says that exists; the values of the parameters and exports by which it is found."""
    (folder / "code").mkdir()
    (folder / "code" / "index.py").write_text("def handler(event, context):\n    return {}\n", encoding="utf-8")
    code = folder_archive(folder / "code")
    aws.call("iam", "create_role", RoleName="theirs", AssumeRolePolicyDocument=json.dumps(TRUST))
    for _ in range(3):
        aws.call("lambda", "publish_layer_version", LayerName="shared", Content={"ZipFile": code})
    outside: dict[str, str] = {}
    for section, (make, arn) in _MADE.items():
        for name, own in (data.get(section) or {}).items():
            place = (own or {}).get("existing")
            if place is None:
                continue
            kept = f"the-{name}" if section == "stores" else name
            kept += ".fifo" if "fifo" in own else ""
            if isinstance(place, str) and "aws.partner/" in place:
                kept = place.rpartition("event-bus/")[2]
            make(aws, kept, code)
            found = f"arn:aws:{arn}".format(region=aws.region, account=ACCOUNT) + kept
            if isinstance(place, dict):
                outside |= dict.fromkeys(place.values(), found)
    _publish(outside, aws)
    return outside


def _publish(outside: dict[str, str], aws: EmbeddedAws) -> None:
    """What is found by a path is a parameter; all else a stack exports."""
    exports = {name: value for name, value in outside.items() if not name.startswith("/")}
    for name in outside.keys() - exports.keys():
        aws.call("ssm", "put_parameter", Name=name, Value=outside[name], Type="String")
    if exports:
        outputs = {
            f"Out{number}": {"Value": value, "Export": {"Name": name}}
            for number, (name, value) in enumerate(exports.items())
        }
        handle = {"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}
        template = json.dumps({"Resources": handle, "Outputs": outputs})
        aws.call("cloudformation", "create_stack", StackName="theirs", TemplateBody=template)


def _queue(aws: EmbeddedAws, name: str, _: bytes) -> None:
    aws.call("sqs", "create_queue", QueueName=name, Attributes={"FifoQueue": "true"} if name.endswith(".fifo") else {})


def _topic(aws: EmbeddedAws, name: str, _: bytes) -> None:
    aws.call("sns", "create_topic", Name=name, Attributes={"FifoTopic": "true"} if name.endswith(".fifo") else {})


def _bus(aws: EmbeddedAws, name: str, _: bytes) -> None:
    aws.call("events", "create_event_bus", Name=name)


def _stream(aws: EmbeddedAws, name: str, _: bytes) -> None:
    aws.call("kinesis", "create_stream", StreamName=name, ShardCount=1)


def _table(aws: EmbeddedAws, name: str, _: bytes) -> None:
    aws.call(
        "dynamodb",
        "create_table",
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def _function(aws: EmbeddedAws, name: str, code: bytes) -> None:
    aws.call(
        "lambda",
        "create_function",
        FunctionName=name,
        Runtime="python3.13",
        Handler="index.handler",
        Role=f"arn:aws:iam::{ACCOUNT}:role/theirs",
        Code={"ZipFile": code},
    )


def _nothing(_aws: EmbeddedAws, _name: str, _code: bytes) -> None:
    """Nobody looks for a key."""


_MADE: dict[str, tuple[Callable[[EmbeddedAws, str, bytes], None], str]] = {
    "queues": (_queue, "sqs:{region}:{account}:"),
    "topics": (_topic, "sns:{region}:{account}:"),
    "buses": (_bus, "events:{region}:{account}:event-bus/"),
    "streams": (_stream, "kinesis:{region}:{account}:stream/"),
    "stores": (_table, "dynamodb:{region}:{account}:table/"),
    "consumers": (_function, "lambda:{region}:{account}:function:"),
    "keys": (_nothing, "kms:{region}:{account}:key/"),
}
