"""Pools of workers on ECS and Fargate: the task, the service that keeps it running, and how many of it there are."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from penstock.kinds import alarms
from penstock.kinds.queue import Queue, queue_name
from penstock.kinds.workload import Workload, trust
from penstock.model.deployed import PIECES
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import GetAtt, Ref, Sub, Value, arn
from penstock.records import NamedTuple

if TYPE_CHECKING:
    from penstock.model.component import Component

CLUSTER = "ServiceCluster"
"""The logical id of the topology's own cluster."""
_DAY = 86_400
_GIB = 1024
_TASKS = "ecs-tasks.amazonaws.com"
_DIMENSION = "ecs:service:DesiredCount"
_PART = f"(?:[A-Za-z0-9-]+|{PIECES.pattern.replace('(', '(?:', 1)})"
_ECR = re.compile(rf"(?P<account>{_PART})\.dkr\.ecr\.(?P<region>{_PART})\.amazonaws\.com(\.cn)?/(?P<repository>[^:@]+)")
"""The address of an image in a private registry of ECR."""
_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_ARCHITECTURES = {"x86_64": "X86_64", "arm64": "ARM64"}
_MEMORY = {
    256: (512, 1 * _GIB, 2 * _GIB),
    512: tuple(range(1 * _GIB, 4 * _GIB + 1, _GIB)),
    1024: tuple(range(2 * _GIB, 8 * _GIB + 1, _GIB)),
    2048: tuple(range(4 * _GIB, 16 * _GIB + 1, _GIB)),
    4096: tuple(range(8 * _GIB, 30 * _GIB + 1, _GIB)),
    8192: tuple(range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB)),
    16384: tuple(range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB)),
}
"""The sizes of memory in MiB that Fargate has for so many CPU units.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
"""


class Scaling(NamedTuple):
    """How many tasks run, and the backlog for each at which there are enough; ``None`` where their number is fixed."""

    least: int
    most: int
    backlog: int | None


class Pool(NamedTuple):
    """What the workers are and where they run. ``memory`` in MiB, ``stop_timeout`` in seconds, ``log_retention`` in days."""

    image: str
    command: tuple[str, ...]
    cpu: int
    memory: int
    architecture: str
    scaling: Scaling
    stop_timeout: int
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    cluster: str | None
    log_retention: int


def read(entry: Entry) -> Pool:
    """The pool of an entry of ``consumers``."""
    scaling, vpc = entry.part("scaling"), entry.part("vpc")
    least = scaling.number("min") or 1
    return Pool(
        image=entry.text("image") or "",
        command=entry.words("command"),
        cpu=entry.number("cpu") or 0,
        memory=(entry.size("memory") or 0) >> 20,
        architecture=entry.text("architecture") or "",
        scaling=Scaling(least, scaling.number("max") or least, scaling.number("backlog_per_task")),
        stop_timeout=entry.seconds("stop_timeout") or 0,
        subnets=vpc.words("subnets"),
        security_groups=vpc.words("security_groups"),
        cluster=entry.text("cluster"),
        log_retention=(entry.seconds("log_retention") or 0) // _DAY,
    )


def sizes(cpu: int) -> tuple[int, ...]:
    """The sizes of memory in MiB that go with so many CPU units."""
    return _MEMORY[cpu]


def lower(service: Workload, pool: Pool, topology: Topology, plan: Plan) -> None:
    """The roles, the log group, the task, the service and its scaling."""
    tags = tag_list({**topology.tags, **service.tags})
    logs = logical_id(service.name, "ServiceLogs")
    retention: dict[str, Value] = {"RetentionInDays": pool.log_retention, "Tags": tags}
    plan.add(Resource(logs, "AWS::Logs::LogGroup", retention, service.at("log_retention")))
    execution = logical_id(service.name, "ServiceExecutionRole")
    for role in (service.role_id, execution):
        trusted: dict[str, Value] = {"AssumeRolePolicyDocument": trust(_TASKS, _own_tasks()), "Tags": tags}
        plan.add(Resource(role, "AWS::IAM::Role", trusted, service.at()))
    write = Statement(("logs:CreateLogStream", "logs:PutLogEvents"), (arn(logs),))
    plan.grant(Holder.ROLE, execution, "WriteLogs", write, service.at())
    _allow_pull(service, pool, execution, plan)
    if pool.cluster is None:
        plan.share(Resource(CLUSTER, "AWS::ECS::Cluster", _cluster(topology), service.at()))
    task = Resource(_task_id(service), "AWS::ECS::TaskDefinition", _task(service, pool, execution, tags), service.at())
    plan.add(task)
    plan.add(Resource(service.id, "AWS::ECS::Service", _service(service, pool, tags), service.at()))
    if pool.scaling.backlog is not None:
        _scale(service, pool, topology, plan)
    for alarm in alarms.for_service(service, pool.scaling.least, _dimensions(service, pool), topology):
        plan.add(alarm)


def tell(service: Workload, variables: Mapping[str, Value], plan: Plan) -> None:
    """Put the environment into the task, once it is known."""
    (container,) = plan.resources[_task_id(service)].properties["ContainerDefinitions"]
    container["Environment"] = [{"Name": name, "Value": value} for name, value in sorted(variables.items())]


def _task_id(service: "Component") -> str:
    return logical_id(service.name, "ServiceTask")


def _own_tasks() -> dict[str, dict[str, Value]]:
    """Only on behalf of tasks of this account.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    """
    tasks = Sub("arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*")
    return {"ArnLike": {"aws:SourceArn": tasks}, "StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")}}


def _allow_pull(service: Workload, pool: Pool, role: str, plan: Plan) -> None:
    """Pulling from a private registry of ECR takes permission; from any other it does not."""
    image = _ECR.match(pool.image)
    if image is None:
        return
    address = f"arn:${{AWS::Partition}}:ecr:{image['region']}:{image['account']}:repository/{image['repository']}"
    log_in = Statement(("ecr:GetAuthorizationToken",), ("*",))
    plan.grant(Holder.ROLE, role, "LogInToRegistry", log_in, service.at("image"))
    plan.grant(Holder.ROLE, role, "PullImage", Statement(_PULL, (Sub(address),)), service.at("image"))


def _cluster(topology: Topology) -> dict[str, Value]:
    """Container Insights count the running tasks, by which the pools are scaled and watched."""
    return {
        "ClusterSettings": [{"Name": "containerInsights", "Value": "enabled"}],
        "Tags": tag_list(topology.tags),
    }


def _task(service: Workload, pool: Pool, execution: str, tags: Value) -> dict[str, Value]:
    logging = {
        "awslogs-group": Ref(logical_id(service.name, "ServiceLogs")),
        "awslogs-region": Ref("AWS::Region"),
        "awslogs-stream-prefix": service.name,
    }
    container: dict[str, Value] = {
        "Name": service.name,
        "Image": pool.image,
        "Essential": True,
        "StopTimeout": pool.stop_timeout,
        "LogConfiguration": {"LogDriver": "awslogs", "Options": logging},
        **({"Command": list(pool.command)} if pool.command else {}),
    }
    return {
        "RequiresCompatibilities": ["FARGATE"],
        "NetworkMode": "awsvpc",
        "Cpu": str(pool.cpu),
        "Memory": str(pool.memory),
        "RuntimePlatform": {
            "CpuArchitecture": _ARCHITECTURES[pool.architecture],
            "OperatingSystemFamily": "LINUX",
        },
        "TaskRoleArn": arn(service.role_id),
        "ExecutionRoleArn": arn(execution),
        "ContainerDefinitions": [container],
        "Tags": tags,
    }


def _service(service: Workload, pool: Pool, tags: Value) -> dict[str, Value]:
    """A pool whose size is fixed says it; of any other the scaling decides, and an update of the stack must not."""
    return {
        "Cluster": _cluster_name(pool),
        "TaskDefinition": Ref(_task_id(service)),
        "LaunchType": "FARGATE",
        "DesiredCount": pool.scaling.least if pool.scaling.backlog is None else None,
        "DeploymentConfiguration": {
            "DeploymentCircuitBreaker": {"Enable": True, "Rollback": True},
            "MinimumHealthyPercent": 100,
            "MaximumPercent": 200,
        },
        "NetworkConfiguration": {
            "AwsvpcConfiguration": {
                "AssignPublicIp": "DISABLED",
                "Subnets": list(pool.subnets),
                "SecurityGroups": list(pool.security_groups),
            }
        },
        "EnableECSManagedTags": True,
        "PropagateTags": "SERVICE",
        "Tags": tags,
    }


def _cluster_name(pool: Pool) -> Value:
    return pool.cluster or Ref(CLUSTER)


def _dimensions(service: Workload, pool: Pool) -> dict[str, Value]:
    return {"ClusterName": _cluster_name(pool), "ServiceName": GetAtt(service.id, "Name")}


def _scale(service: Workload, pool: Pool, topology: Topology, plan: Plan) -> None:
    """So many tasks that each has as much of the backlog as it is meant to have.

    https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
    """
    target = logical_id(service.name, "ServiceScaling")
    cluster = pool.cluster or f"${{{CLUSTER}}}"
    place = {"ServiceNamespace": "ecs", "ScalableDimension": _DIMENSION}
    capacity: dict[str, Value] = {
        **place,
        "ResourceId": Sub(f"service/{cluster}/${{{service.id}.Name}}"),
        "MinCapacity": pool.scaling.least,
        "MaxCapacity": pool.scaling.most,
    }
    plan.add(
        Resource(target, "AWS::ApplicationAutoScaling::ScalableTarget", capacity, service.at("scaling")),
    )
    tracking = {
        "TargetValue": pool.scaling.backlog,
        "CustomizedMetricSpecification": {"Metrics": _backlog_per_task(service, pool, topology)},
    }
    policy: dict[str, Value] = {
        "PolicyName": "backlog-per-task",
        "PolicyType": "TargetTrackingScaling",
        "ScalingTargetId": Ref(target),
        "TargetTrackingScalingPolicyConfiguration": tracking,
    }
    plan.add(
        Resource(f"{target}Policy", "AWS::ApplicationAutoScaling::ScalingPolicy", policy, service.at("scaling")),
    )


def _backlog_per_task(service: Workload, pool: Pool, topology: Topology) -> list[Value]:
    """What waits in all the queues that are polled, divided by the tasks that run."""
    queues = sorted(
        (connection.source for connection in topology.incoming(service) if isinstance(connection.source, Queue)),
        key=lambda queue: queue.name,
    )
    waiting = {f"waiting{number}": queue for number, queue in enumerate(queues, start=1)}
    total = " + ".join(waiting)
    return [
        *(
            _metric(id_, "AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": queue_name(queue)}, "Sum")
            for id_, queue in waiting.items()
        ),
        _metric("tasks", "ECS/ContainerInsights", "RunningTaskCount", _dimensions(service, pool), "Average"),
        {"Id": "backlog", "Expression": f"({total}) / tasks", "Label": "Backlog per task", "ReturnData": True},
    ]


def _metric(id_: str, namespace: str, name: str, dimensions: Mapping[str, Value], statistic: str) -> Value:
    pairs = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    metric = {"Namespace": namespace, "MetricName": name, "Dimensions": pairs}
    return {"Id": id_, "MetricStat": {"Metric": metric, "Stat": statistic}, "ReturnData": False}
