"""What a function has of the team's own: its layers, its traces, and its place in a network."""

from typing import Any

from penstock.hops.lowering import lower
from penstock.plan.resource import PACKAGED
from penstock.plan.values import Sub
from tests.topologies import complete, topology_of

LAYER = "arn:aws:lambda:eu-central-1:111122223333:layer:shared:3"
SUBNET, GROUP = "subnet-0123456789abcdef0", "sg-0123456789abcdef0"


def resources(settings: str) -> dict[str, Any]:
    text = complete(f"queues: {{a: {{}}}}\nconsumers: {{w: {{from: a{settings}}}}}\n")
    found: dict[str, Any] = lower(topology_of(text)).template()["Resources"]
    return found


def statements(settings: str) -> dict[str, Any]:
    (policy,) = resources(settings)["WFunctionRole"]["Properties"]["Policies"]
    return {statement["Sid"]: statement for statement in policy["PolicyDocument"]["Statement"]}


def test_the_teams_layers_come_after_powertools() -> None:
    powertools, *own = resources(f", layers: ['{LAYER}']")["WFunction"]["Properties"]["Layers"]
    assert own == [LAYER]
    assert powertools.target.startswith("Powertools")


def test_traces_are_sent_where_it_is_said() -> None:
    assert resources(", tracing: true")["WFunction"]["Properties"]["TracingConfig"] == {"Mode": "Active"}
    assert statements(", tracing: true")["SendTraces"] == {
        "Sid": "SendTraces",
        "Effect": "Allow",
        "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
        "Resource": "*",
    }


def test_a_function_in_a_network_may_make_its_interfaces() -> None:
    vpc = f", vpc: {{subnets: [{SUBNET}], security_groups: [{GROUP}]}}"
    assert resources(vpc)["WFunction"]["Properties"]["VpcConfig"] == {
        "SubnetIds": [SUBNET],
        "SecurityGroupIds": [GROUP],
    }
    told = statements(vpc)
    assert told["LookForNetwork"]["Resource"] == "*"
    assert told["JoinNetwork"]["Resource"] == Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:*/*")
    assert "ec2:DeleteNetworkInterface" in told["JoinNetwork"]["Action"]


def test_silence_leaves_all_of_it_out() -> None:
    made = resources("")["WFunction"]["Properties"]
    assert not {"TracingConfig", "VpcConfig"} & made.keys()
    assert len(made["Layers"]) == 1
    assert not {"SendTraces", "JoinNetwork", "LookForNetwork"} & statements("").keys()


IMAGE = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/worker:1"


def test_what_an_image_has_is_not_said_again() -> None:
    made = resources(f", code: {{image: '{IMAGE}'}}")["WFunction"]["Properties"]
    assert (made["PackageType"], made["Code"]) == ("Image", {"ImageUri": IMAGE})
    assert not {"Runtime", "Handler", "Layers"} & made.keys()


def test_an_object_of_a_bucket_is_code() -> None:
    made = resources(", code: {bucket: builds, key: w.zip}, handler: app.handle")["WFunction"]["Properties"]
    assert made["Code"] == {"S3Bucket": "builds", "S3Key": "w.zip"}
    made = resources(", code: {bucket: builds, key: w.zip, version: '7'}, handler: app.handle")["WFunction"][
        "Properties"
    ]
    assert made["Code"]["S3ObjectVersion"] == "7"
    assert (made["Runtime"], made["Handler"]) == ("python3.13", "app.handle")


def test_a_path_begins_at_the_topology_and_is_seen_from_the_template() -> None:
    topology = topology_of(
        complete("queues: {a: {}}\nconsumers: {w: {from: a, code: ../dist/w, handler: app.handle}}\n")
    )
    made = lower(topology, "../shop").template()
    assert made["Resources"]["WFunction"]["Properties"]["Code"] == "../dist/w"
    assert lower(topology, "/shop/orders").template()["Resources"]["WFunction"]["Properties"]["Code"] == "/shop/dist/w"
    assert made["Metadata"] == PACKAGED


def test_what_is_for_generated_code_alone_is_left_out() -> None:
    own = resources(f", code: dist, handler: app.handle, layers: ['{LAYER}'], environment: {{MODE: x}}")
    assert own["WFunction"]["Properties"]["Layers"] == [LAYER]
    assert own["WFunction"]["Properties"]["Environment"] == {"Variables": {"MODE": "x"}}
    assert "WFunctionFailedMessagesAlarm" in resources("")
    assert "WFunctionFailedMessagesAlarm" not in own


def test_the_team_is_told_what_its_code_must_do() -> None:
    said = "from: {source: a, batch: {partial_failures: true}}, idempotency: {strategy: client-key, key: id}"
    topology = topology_of(
        complete(f"queues: {{a: {{}}}}\nconsumers: {{w: {{{said}, code: dist, handler: app.handle}}}}\n")
    )
    (note,) = lower(topology).notes
    assert note == (
        "function 'w' has code of the team's own; the topology says that it answers with the messages of a batch that failed "
        "(batchItemFailures), takes a second copy of a message without a second effect"
    )
