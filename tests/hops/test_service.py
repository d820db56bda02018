"""Services: the pool that polls, and the policy and outputs for what runs elsewhere."""

from pathlib import Path
from typing import Any

import pytest

from penstock.hops.lowering import lower
from penstock.kinds.build import build
from penstock.kinds.contradictions import contradictions
from penstock.plan.values import GetAtt, Ref, Sub
from penstock.source.schema_file import read_schema_file
from tests.topologies import complete, document_of, topology_of

VPC = "vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}"


def pool(more: str = "") -> str:
    """A pool on two queues, with more settings."""
    return complete(
        "queues:\n  heavy: {}\n  light: {}\nconsumers:\n"
        f"  w: {{type: service, from: [light, {{source: heavy, batch: {{size: 5}}}}], image: 'w:1', {VPC}{more}}}\n"
    )


def template(text: str) -> dict[str, Any]:
    return lower(topology_of(text)).template()


def properties(text: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = template(text)["Resources"][name]["Properties"]
    return found


def test_the_workers_are_told_where_to_poll_and_how() -> None:
    (container,) = properties(pool(", heartbeat: 20s, environment: {AB: c}"), "WServiceTask")["ContainerDefinitions"]
    assert container["Environment"] == [
        {"Name": "AB", "Value": "c"},
        {"Name": "PENSTOCK_BATCH_HEAVY", "Value": "5"},
        {"Name": "PENSTOCK_BATCH_LIGHT", "Value": "1"},
        {"Name": "PENSTOCK_HEARTBEAT", "Value": "20"},
        {"Name": "PENSTOCK_PROCESSING_TIMEOUT", "Value": "30"},
        {"Name": "PENSTOCK_SOURCE_HEAVY", "Value": Ref("HeavyQueue")},
        {"Name": "PENSTOCK_SOURCE_LIGHT", "Value": Ref("LightQueue")},
    ]


def test_a_pool_of_one_size_says_its_size_and_another_leaves_it_to_its_scaling() -> None:
    assert properties(pool(), "WService")["DesiredCount"] == 1
    scaled = pool(", scaling: {min: 2, max: 9, backlog_per_task: 7}, cluster: workers")
    assert "DesiredCount" not in properties(scaled, "WService")
    assert properties(scaled, "WServiceScaling") == {
        "ServiceNamespace": "ecs",
        "ScalableDimension": "ecs:service:DesiredCount",
        "ResourceId": Sub("service/workers/${WService.Name}"),
        "MinCapacity": 2,
        "MaxCapacity": 9,
    }
    tracking = properties(scaled, "WServiceScalingPolicy")["TargetTrackingScalingPolicyConfiguration"]
    assert tracking["TargetValue"] == 7
    *metrics, backlog = tracking["CustomizedMetricSpecification"]["Metrics"]
    assert backlog["Expression"] == "(waiting1 + waiting2) / tasks"
    assert [one["MetricStat"]["Metric"]["Dimensions"][0]["Value"] for one in metrics] == [
        GetAtt("HeavyQueue", "QueueName"),
        GetAtt("LightQueue", "QueueName"),
        "workers",
    ]
    assert "ServiceCluster" not in template(scaled)["Resources"]


def test_an_alarm_tells_when_fewer_tasks_run_than_must() -> None:
    alarm = properties(pool(", scaling: {min: 3, max: 9, backlog_per_task: 7}"), "WServiceMissingTasksAlarm")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanOrEqualToThreshold", 2)
    assert alarm["TreatMissingData"] == "breaching"
    off = template(pool(', alarms: {missing_tasks: {off: "it may rest"}}'))["Resources"]
    assert "WServiceMissingTasksAlarm" not in off


@pytest.mark.parametrize(
    ("image", "repository"),
    [
        ("w:1", None),
        ("public.ecr.aws/docker/library/python:3", None),
        ("111122223333.dkr.ecr.eu-central-1.amazonaws.com/team/w:1", "eu-central-1:111122223333:repository/team/w"),
        ("111122223333.dkr.ecr.eu-central-1.amazonaws.com/w@sha256:0a", "eu-central-1:111122223333:repository/w"),
    ],
)
def test_only_the_own_image_may_be_pulled(image: str, repository: str | None) -> None:
    (policy,) = properties(pool().replace("'w:1'", f"'{image}'"), "WServiceExecutionRole")["Policies"]
    pulls = [one for one in policy["PolicyDocument"]["Statement"] if one["Sid"] == "PullImage"]
    assert [one["Resource"] for one in pulls] == (
        [Sub(f"arn:${{AWS::Partition}}:ecr:{repository}")] if repository else []
    )


def test_defaults_of_functions_are_none_of_a_pool() -> None:
    shared = "{memory: 4GiB, timeout: 10m, runtime: python3.12, architecture: arm64, log_retention: 7d, environment: {AB: c}}"
    text = pool() + f"defaults: {{consumers: {shared}}}\n"
    task = properties(text, "WServiceTask")
    assert (task["Memory"], task["RuntimePlatform"]["CpuArchitecture"]) == ("512", "ARM64")
    assert properties(text, "WServiceLogs")["RetentionInDays"] == 7
    assert {"Name": "AB", "Value": "c"} in task["ContainerDefinitions"][0]["Environment"]


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (", cpu: 1024", "REF021", "asks for 512MiB of memory with 1024 CPU units"),
        (", memory: 4GiB", "REF021", "asks for 4GiB of memory with 256 CPU units"),
        (", scaling: {min: 3, max: 2, backlog_per_task: 1}", "REF022", "3 tasks at least, but 2 at most"),
    ],
)
def test_what_fargate_does_not_have_is_refused(more: str, code: str, said: str) -> None:
    (found,) = build(document_of(pool(more)), lambda name: read_schema_file(Path(name), name)).faults
    assert found.code == code
    assert said in found.message


def test_what_fargate_has_is_taken() -> None:
    components = topology_of(pool(", cpu: 1024, memory: 8GiB, scaling: {max: 1, backlog_per_task: 1}")).components
    assert list(contradictions(components)) == []


def test_what_runs_elsewhere_gets_a_policy_and_addresses() -> None:
    text = complete(
        "producers:\n  app: {type: service, role: app-task, publishes: [{message: OrderPlaced, to: q}], uses: {t: read}}\n"
        "queues: {q: {}}\nstores: {t: {type: dynamodb, key: id}}"
    )
    made = template(text)
    policy = made["Resources"]["AppServicePolicy"]["Properties"]
    assert policy["Roles"] == ["app-task"]
    assert [one["Sid"] for one in policy["PolicyDocument"]["Statement"]] == ["SendToQ", "UseT"]
    assert {name: (one["Description"], one["Value"]) for name, one in made["Outputs"].items()} == {
        "AppServicePolicy": ("The ARN of the policy for the role of service 'app'", Ref("AppServicePolicy")),
        "QQueueFromAppServiceVariable": ("PENSTOCK_QUEUE_Q for service 'app'", Ref("QQueue")),
        "TStoreFromAppServiceVariable": ("PENSTOCK_STORE_T for service 'app'", Ref("TTable")),
    }
