"""Lambda functions: consumers, and producers that run the team's code."""

from collections.abc import Iterator

from penstock.kinds import alarms
from penstock.kinds.code import Code, code_properties, read_code, read_runtime
from penstock.kinds.deliveries import (
    function_deliveries,
    publications,
)
from penstock.kinds.exporting import publish
from penstock.kinds.invocations import (
    Invocations,
    configure,
    failed_queue,
    handed_to,
    named_queue,
    on_failure,
    read_handover,
    read_invocations,
)
from penstock.kinds.kind import Kind
from penstock.kinds.queue import delivery_queues, delivery_references
from penstock.kinds.warm import alias_id, described, keep_warm
from penstock.kinds.workload import Idempotency, Workload, accesses, read_idempotency, resumptions, trust
from penstock.model.component import Component, Delivery
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.addresses import existing_name
from penstock.plan.layer import Layer
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import PACKAGED, Parameter, Resource, tag_list
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Ref, Sub, Value, arn
from penstock.records import NamedTuple, record

_DAY = 86_400
_LOG_RETENTION = 30 * _DAY
"""CloudWatch keeps logs for ever; messages are in them."""


_TRACE = ("xray:PutTelemetryRecords", "xray:PutTraceSegments")
_LOOK = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets")
_JOIN = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
)
"""Lambda makes a function's network interfaces with the function's role, and refuses one that may not delete them wherever they are.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
"""


class Network(NamedTuple):
    """Where in a VPC a function runs, by the ids of its subnets and security groups."""

    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]


@record
class Function(Workload):
    """A function. ``timeout`` in seconds (``None`` where it is not known), ``memory`` in MiB, ``log_retention`` in days.

    ``redrive`` is where Lambda sends the asynchronous ``invocations`` that it gives up. The ``code`` is the team's own, which is called
    at ``handler``, or generated (``None``).
    """

    word = "function"
    part = "Function"

    runtime: str
    memory: int
    timeout: int | None
    architecture: str
    log_retention: int
    reserved: int | None = None
    provisioned: int | None = None
    layers: tuple[str, ...] = ()
    tracing: bool = False
    network: Network | None = None
    invocations: Invocations
    code: Code | None = None
    handler: str | None = None

    @property
    def is_generated(self) -> bool:
        """Whether its code is generated here."""
        return self.existing is None and self.code is None

    @property
    def is_typescript(self) -> bool:
        """Whether its code is generated in TypeScript, which is built before it is deployed."""
        return self.is_generated and self.runtime.startswith("nodejs")

    @property
    def is_warm(self) -> bool:
        """Whether environments of it are kept started here."""
        return self.existing is None and self.provisioned is not None


def function_id(function: Component) -> str:
    """The logical id of a function."""
    return logical_id(function.name, "Function")


def function_arn(function: Component) -> Value:
    """The ARN of a function."""
    return arn(function_id(function))


def invoke_id(function: Component) -> str:
    """The logical id of what is invoked: of a function that is kept warm an alias."""
    return alias_id(function) if isinstance(function, Function) and function.is_warm else function_id(function)


def invoke_arn(function: Component) -> Value:
    """The ARN at which a function is invoked."""
    target = invoke_id(function)
    return function_arn(function) if target == function_id(function) else Ref(target)


def invoke_name(function: Component) -> Value:
    """What names, to Lambda, the function or the alias that is invoked: its name or its ARN."""
    return Ref(invoke_id(function))


def code_folder(function: Component) -> str:
    """The folder of a function's deployment package, beside the template; TypeScript is built into one."""
    built = isinstance(function, Function) and function.is_typescript
    return f"{'dist' if built else 'functions'}/{function.name}"


def read_consumer(name: str, entry: Entry) -> Iterator[Component]:
    """A function that consumes, and the queues that it writes inline."""
    yield from _with_queues(name, entry, consumes=True)


def read_producer(name: str, entry: Entry) -> Iterator[Component]:
    """A function that produces, and its queue of failed invocations."""
    yield from _with_queues(name, entry, consumes=False)


def _with_queues(name: str, entry: Entry, *, consumes: bool) -> Iterator[Component]:
    function = read_function(name, entry, consumes=consumes)
    yield function
    yield from delivery_queues(name, entry, function.tags)
    yield from failed_queue(name, entry.part("async"), function.tags)


def read_function(name: str, entry: Entry, *, consumes: bool) -> Function:
    """A function, without the queues that it writes inline."""
    idempotency = read_idempotency(entry)
    effects = entry.words("effects") if consumes else ()
    return Function(
        name=name,
        origin=entry.origin,
        deliveries=function_deliveries(name, entry) if "from" in entry.data else (),
        publications=publications(entry),
        accesses=tuple(accesses(entry, effects, idempotency)),
        calls=tuple(resumptions(entry)) if consumes else (),
        references=(*delivery_references(entry), *named_queue(entry.part("async")), *handed_to(entry)),
        redrive=on_failure(name, entry.part("async")),
        handover=read_handover(entry),
        tags=entry.pairs("tags"),
        existing=entry.existing(),
        export=entry.export(),
        consumes=consumes,
        code=read_code(entry),
        handler=entry.text("handler"),
        runtime=read_runtime(entry),
        memory=(entry.size("memory") or 0) >> 20,
        timeout=entry.seconds("timeout"),
        architecture=entry.text("architecture") or "",
        environment=entry.pairs("environment"),
        log_retention=(entry.seconds("log_retention") or _LOG_RETENTION) // _DAY,
        reserved=entry.part("concurrency").number("reserved"),
        provisioned=entry.part("concurrency").number("provisioned"),
        layers=entry.words("layers"),
        tracing=entry.flag("tracing"),
        network=read_network(entry),
        invocations=read_invocations(entry),
        effects=effects,
        time_per_message=entry.milliseconds("time_per_message") if consumes else None,
        idempotency=idempotency,
        thresholds=entry.thresholds(),
        severities=entry.severities(),
    )


def read_network(entry: Entry) -> Network | None:
    """Where in a VPC a function runs, if it does."""
    vpc = entry.part("vpc")
    return Network(vpc.words("subnets"), vpc.words("security_groups")) if entry.states("vpc") else None


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The function with its role, its log group and its alarms."""
    if not isinstance(component, Function):
        raise TypeError(component)
    if component.existing:
        plan.leave(component.id, component)
        plan.leave(component.role_id, component)
    else:
        _make(component, topology, plan)
    name = existing_name(component) or Ref(component.id)
    for alarm in alarms.for_function(component, name, topology, _watched(component, topology)):
        plan.add(alarm)


def _make(component: Function, topology: Topology, plan: Plan) -> None:
    target = component.id
    log_group = logical_id(component.name, "FunctionLogs")
    if component.code is None:
        plan.environment[target] |= {
            "POWERTOOLS_LOG_LEVEL": "INFO",
            "POWERTOOLS_SERVICE_NAME": component.name,
            "POWERTOOLS_METRICS_NAMESPACE": topology.name,
        }
    else:
        _tell_duties(component, plan)
    plan.environment[target] |= component.environment
    plan.add(
        Resource(
            log_group,
            "AWS::Logs::LogGroup",
            {"RetentionInDays": component.log_retention, "Tags": tag_list({**topology.tags, **component.tags})},
            component.at("log_retention"),
        )
    )
    _role(component, log_group, topology, plan)
    plan.add(Resource(target, "AWS::Lambda::Function", _properties(component, topology, plan), component.at()))
    if component.is_warm:
        keep_warm(component, component.provisioned, plan)
    publish(component, invoke_arn(component), plan)
    if component.states("async"):
        alias = alias_id(component) if component.is_warm else None
        configure(component, component.invocations, component.role_id, alias, topology, plan)


def _watched(function: Function, topology: Topology) -> alarms.Watched:
    sources = [connection.source for connection in topology.incoming(function)]
    return alarms.Watched(
        timeout=function.timeout,
        receives=any(source.word != "saga" for source in sources) and function.is_generated,
        streams=any(isinstance(one.settings, Delivery) and one.delivery.start for one in topology.incoming(function)),
        invoked=bool(topology.handed_to(function))
        or any(source.word in {"schedule", "topic"} or source.is_read_by_rules for source in sources),
    )


def _role(function: Function, log_group: str, topology: Topology, plan: Plan) -> None:
    target = function.role_id
    plan.add(
        Resource(
            target,
            "AWS::IAM::Role",
            {
                "AssumeRolePolicyDocument": trust("lambda.amazonaws.com"),
                "Tags": tag_list({**topology.tags, **function.tags}),
            },
            function.at(),
        )
    )
    logs = Statement(("logs:CreateLogStream", "logs:PutLogEvents"), (arn(log_group),))
    plan.grant(Holder.ROLE, target, "WriteLogs", logs, function.at())
    if function.tracing:
        plan.grant(Holder.ROLE, target, "SendTraces", Statement(_TRACE, ("*",)), function.at("tracing"))
    if function.network:
        interfaces = Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:*/*")
        plan.grant(Holder.ROLE, target, "LookForNetwork", Statement(_LOOK, ("*",)), function.at("vpc"))
        plan.grant(Holder.ROLE, target, "JoinNetwork", Statement(_JOIN, (interfaces,)), function.at("vpc"))


def _tell_duties(function: Function, plan: Plan) -> None:
    """What generated code would do, and now the team's must."""
    duties = []
    if any(delivery.batch.partial_failures for delivery in function.deliveries):
        duties.append("answers with the messages of a batch that failed (batchItemFailures)")
    if isinstance(function.idempotency, Idempotency):
        duties.append("takes a second copy of a message without a second effect")
    if function.publications:
        duties.append("gives what it sends the name of its message")
    if duties:
        plan.note(f"{function} has code of the team's own; the topology says that it {', '.join(duties)}")


def _code(function: Function, plan: Plan) -> dict[str, Value]:
    if function.code:
        return code_properties(function.code, function.runtime, function.handler, plan)
    plan.metadata |= PACKAGED
    return {"Runtime": function.runtime, "Handler": "handler.handler", "Code": code_folder(function)}


def _layers(function: Function, plan: Plan) -> list[Value] | None:
    if function.code or function.is_typescript:
        return list(function.layers) or None
    return [Ref(_powertools(function, plan)), *function.layers]


def _properties(function: Function, topology: Topology, plan: Plan) -> dict[str, Value]:
    target = function.id
    return {
        "Description": described(function, topology) if function.is_warm else f"{function.name} of {topology.name}",
        **_code(function, plan),
        "Role": arn(function.role_id),
        "MemorySize": function.memory,
        "Timeout": function.timeout,
        "Architectures": [function.architecture],
        "ReservedConcurrentExecutions": function.reserved,
        "Layers": _layers(function, plan),
        "TracingConfig": {"Mode": "Active"} if function.tracing else None,
        "VpcConfig": function.network
        and {
            "SubnetIds": list(function.network.subnets),
            "SecurityGroupIds": list(function.network.security_groups),
        },
        "LoggingConfig": {"LogGroup": Ref(logical_id(function.name, "FunctionLogs"))},
        "Environment": {"Variables": plan.environment[target]},
        "Tags": tag_list({**topology.tags, **function.tags}),
    }


def _powertools(function: Function, plan: Plan) -> str:
    """The parameter that names the layer with Powertools for AWS Lambda, which AWS publishes for each runtime and architecture."""
    runtime = function.runtime.removeprefix("python").replace(".", "")
    target = f"PowertoolsPython{runtime}{function.architecture.title().replace('_', '')}"
    default = f"/aws/service/powertools/python/{function.architecture}/{function.runtime}/latest"
    plan.parameter(
        Parameter(
            target,
            "AWS::SSM::Parameter::Value<String>",
            default,
            f"The layer of Powertools for AWS Lambda for {function.runtime} on {function.architecture}",
        )
    )
    return target


FUNCTION_CONSUMER = Kind(
    Function, "consumers", "function", "consumer-function", read_consumer, lower, layer=Layer.WORKERS
)
FUNCTION_PRODUCER = Kind(
    Function, "producers", "function", "producer-function", read_producer, lower, layer=Layer.WORKERS
)
