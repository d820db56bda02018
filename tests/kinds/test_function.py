"""What a function has of the team's own: its layers, its traces, and its place in a network."""

from typing import Any

from penstock.hops.lowering import lower
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
