"""Sagas that a state machine of Step Functions conducts: its role, its log and its alarms. The definition is made of the steps by `asl`."""

from collections.abc import Iterator

from penstock.asl.saga import Flow
from penstock.asl.steps import Act, Compensation, Retry, acts
from penstock.asl.written import Written
from penstock.kinds import alarms
from penstock.kinds.kind import Kind
from penstock.kinds.saga_starter import read_starter, starter_name
from penstock.kinds.saga_steps import Problem, Reader, paths, read_retry
from penstock.kinds.workload import trust
from penstock.model.component import CALLBACK, CHILD, DO, UNDO, Call, Component, Publication
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.layer import Layer
from penstock.plan.names import logical_id
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource, tag_list
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Ref, Sub, Value, arn
from penstock.records import record

_DAY = 86_400
_TRACE = (
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)
_LOG = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)
"""https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html"""


@record
class Saga(Component):
    """A saga. ``starter`` is the name of the function that starts its executions, ``log_retention`` in days.

    ``problems`` are what does not fit together in its steps. One that was written elsewhere has no steps, but a definition.
    """

    word = "saga"

    flow: Flow
    starter: str
    idempotency_key: str | None
    log_retention: int
    tracing: bool
    problems: tuple[Problem, ...] = ()
    written: Written | None = None


def saga_id(saga: Component) -> str:
    """The logical id of a saga's state machine."""
    return logical_id(saga.name, "Saga")


def saga_arn(saga: Component) -> Value:
    """The ARN of a saga's state machine."""
    return arn(saga_id(saga))


def role_id(saga: Component) -> str:
    """The logical id of the role with which a saga calls."""
    return logical_id(saga.name, "SagaRole")


def log_id(saga: Component) -> str:
    """The logical id of a saga's log."""
    return logical_id(saga.name, "SagaLogs")


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The saga, then its starter."""
    undo = entry.part("compensation")
    longer = read_retry(undo.part("retry"))
    reader = Reader(name, longer)
    steps = reader.steps(entry.data.get("steps"), entry.origin.child("steps"))
    flow = Flow(
        name=name,
        steps=steps,
        timeout=entry.seconds("timeout"),
        express=entry.text("workflow") == "express",
        includes_failed=undo.text("failed_step") != "skip",
        stops=undo.text("on_error") == "stop",
        on_success=_announcements(entry, "on_success", longer),
        on_failure=_announcements(entry, "on_failure", longer),
        on_stuck=_announcements(undo, "on_failure", longer),
    )
    yield Saga(
        name=name,
        origin=entry.origin,
        publications=tuple(_publications(flow)),
        calls=tuple(_calls(flow)),
        tags=entry.pairs("tags"),
        flow=flow,
        starter=starter_name(name),
        idempotency_key=entry.text("idempotency_key"),
        log_retention=(entry.seconds("log_retention") or 30 * _DAY) // _DAY,
        tracing=entry.flag("tracing"),
        problems=tuple(reader.problems),
        thresholds=entry.thresholds(),
        severities=entry.severities(),
    )
    yield from read_starter(name, entry)


def _announcements(entry: Entry, key: str, retry: Retry) -> tuple[Act, ...]:
    return tuple(
        Act(
            name=f"{part.text('message')} to {part.text('to')}",
            origin=part.origin,
            word="publish",
            target=part.text("to") or "",
            message=part.text("message"),
            input=paths(part),
            retry=retry,
        )
        for part in entry.parts(key)
    )


def _publications(flow: Flow) -> Iterator[Publication]:
    """Each message and channel once, however many steps send there."""
    sent = [(act, act.origin.child("publish")) for act in acts(flow.steps) if act.word == "publish"]
    sent += [(act, act.origin) for act in (*flow.on_success, *flow.on_failure, *flow.on_stuck)]
    seen = set()
    for act, origin in sent:
        if act.message and (act.message, act.target) not in seen:
            seen.add((act.message, act.target))
            yield Publication(message=act.message, to=act.target, origin=origin)


def _calls(flow: Flow) -> Iterator[Call]:
    asked = set()
    for act in acts(flow.steps):
        name, origin, target = act.name, act.origin, act.target
        match act.word:
            case "do":
                yield Call(to=target, word=DO, kinds=("function",), key="do", step=name, origin=origin)
            case "saga":
                yield Call(to=target, word=CHILD, kinds=("saga",), key="saga", step=name, origin=origin)
            case "wait_for" if target and (act.message, target) not in asked:
                asked.add((act.message, target))
                both, message = ("queue", "function"), act.message
                yield Call(to=target, word=CALLBACK, kinds=both, key="via", step=name, message=message, origin=origin)
            case _:
                pass
        if isinstance(act.compensation, Compensation):
            yield _undoing(act, act.compensation)


def _undoing(act: Act, compensation: Compensation) -> Call:
    origin, key = act.origin, "compensate"
    if origin.states(("compensate", "do")):
        origin, key = origin.child("compensate"), "do"
    kinds = ("function",)
    return Call(to=compensation.function, word=UNDO, kinds=kinds, key=key, step=act.name, origin=origin)


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """The state machine without its definition, which is made when all its targets are known."""
    if not isinstance(component, Saga):
        raise TypeError(component)
    tags = tag_list({**topology.tags, **component.tags})
    log = Sub(f"/aws/vendedlogs/states/${{AWS::StackName}}-{component.name}")
    plan.add(
        Resource(
            log_id(component),
            "AWS::Logs::LogGroup",
            {"LogGroupName": log, "RetentionInDays": component.log_retention, "Tags": tags},
            component.at("log_retention"),
        )
    )
    _role(component, tags, plan)
    plan.add(
        Resource(
            saga_id(component),
            "AWS::StepFunctions::StateMachine",
            {
                "StateMachineType": "EXPRESS" if component.flow.express else "STANDARD",
                "RoleArn": arn(role_id(component)),
                "Definition": None,
                "DefinitionString": None,
                "DefinitionSubstitutions": None,
                "LoggingConfiguration": {
                    "Level": "ERROR",
                    "IncludeExecutionData": True,
                    "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": arn(log_id(component))}}],
                },
                "TracingConfiguration": {"Enabled": True} if component.tracing else None,
                "Tags": tags,
            },
            component.at(),
        )
    )
    told = None if component.written else log_id(component)
    for alarm in alarms.for_saga(component, Ref(saga_id(component)), told, topology):
        plan.add(alarm)


def _role(saga: Saga, tags: Value, plan: Plan) -> None:
    role = role_id(saga)
    here = {"StringEquals": {"aws:SourceAccount": Ref("AWS::AccountId")}}
    properties = {"AssumeRolePolicyDocument": trust("states.amazonaws.com", here), "Tags": tags}
    plan.add(Resource(role, "AWS::IAM::Role", properties, saga.at()))
    plan.grant(Holder.ROLE, role, "DeliverLogs", Statement(_LOG, ("*",)), saga.at("log_retention"))
    if saga.tracing:
        plan.grant(Holder.ROLE, role, "SendTraces", Statement(_TRACE, ("*",)), saga.at("tracing"))


SAGA = Kind(Saga, "sagas", "orchestration", "saga-orchestration", read, lower, layer=Layer.WORKERS)
