"""A saga calls functions and other sagas, and sends to channels: Step Functions does, with the role of the state machine."""

from penstock.asl.steps import Act, Compensation, Retry, acts
from penstock.hops.channel import channel, sent_order
from penstock.hops.hop import Hop
from penstock.hops.semantics import Ending, Guarantee, Semantics
from penstock.hops.sending import send
from penstock.kinds import Bus, Function, Queue, Saga, Topic
from penstock.kinds.function import invoke_arn
from penstock.kinds.saga import role_id, saga_arn, saga_id
from penstock.kinds.state_machine import sent
from penstock.model.component import LAUNCH, UNDO, Call, Component, Connection, Publication
from penstock.model.topology import Topology
from penstock.plan.names import pascal
from penstock.plan.plan import Plan
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Sub

SOURCE = "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html"
_CHILD_RULE = (
    "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/"
    "StepFunctionsGetEventsForStepFunctionsExecutionRule"
)
"""The rule by which Step Functions learns that another execution has ended.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
"""


def caller(connection: Connection) -> Saga:
    """The saga that calls."""
    if not isinstance(connection.source, Saga):
        raise TypeError(connection.source)
    return connection.source


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """A step is tried as often as its `retry` says; when it has failed for good the saga goes on as `on_error` says."""
    return Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=sent_order(connection, topology),
        retried_by=f"Step Functions in {connection.source}",
        attempts=_attempts(connection),
        window=None,
        ending=Ending.CALLER,
        source=SOURCE,
    )


def _attempts(connection: Connection) -> int:
    found, settings = caller(connection).written, connection.settings
    if found is None:
        return _retry(connection).max_retries + 1
    if isinstance(settings, Call):
        return next(task.attempts for task in found.tasks if task.name == settings.step)
    return max(task.attempts for task, address in sent(found) if address.name == connection.target.name)


def _retry(connection: Connection) -> Retry:
    """Of several steps that send the same the one that tries most."""
    flow, settings = caller(connection).flow, connection.settings
    if isinstance(settings, Call):
        step = next(act for act in acts(flow.steps) if act.name == settings.step)
        undone = settings.word == UNDO and isinstance(step.compensation, Compensation)
        return step.compensation.retry if undone and isinstance(step.compensation, Compensation) else step.retry
    several = [act.retry for act in senders(connection)]
    return max(several, key=lambda retry: retry.max_retries)


def senders(connection: Connection) -> list[Act]:
    """The steps, and the announcements, of a message to a channel."""
    flow, settings = caller(connection).flow, connection.settings
    if not isinstance(settings, Publication):
        raise TypeError(settings)
    everything = (*acts(flow.steps), *flow.on_success, *flow.on_failure, *flow.on_stuck)
    return [act for act in everything if (act.message, act.target) == (settings.message, settings.to)]


def lower_call(connection: Connection, topology: Topology, plan: Plan) -> None:
    """Permission to invoke this function."""
    del topology
    function, saga = connection.target, caller(connection)
    statement = Statement(("lambda:InvokeFunction",), (invoke_arn(function),))
    plan.grant(Holder.ROLE, role_id(saga), f"Invoke{pascal(function.name)}", statement, connection.at())


def lower_child(connection: Connection, topology: Topology, plan: Plan) -> None:
    """Permission to start executions of another saga and, where their end is awaited, to look how they do and to be told of it."""
    del topology
    child, role = connection.target, role_id(caller(connection))
    name = pascal(child.name)
    executions = Sub(f"arn:${{AWS::Partition}}:states:${{AWS::Region}}:${{AWS::AccountId}}:execution:{_named(child)}:*")
    start = Statement(("states:StartExecution",), (saga_arn(child),))
    plan.grant(Holder.ROLE, role, f"Start{name}", start, connection.at())
    if isinstance(connection.settings, Call) and connection.settings.word == LAUNCH:
        return
    granted = {
        f"Follow{name}": Statement(("states:DescribeExecution", "states:StopExecution"), (executions,)),
        "BeToldOfEnds": Statement(("events:DescribeRule", "events:PutRule", "events:PutTargets"), (Sub(_CHILD_RULE),)),
    }
    for sid, statement in granted.items():
        plan.grant(Holder.ROLE, role, sid, statement, connection.at())


def _named(child: Component) -> str:
    return f"${{{saga_id(child)}.Name}}"


def lower_send(connection: Connection, topology: Topology, plan: Plan) -> None:
    """Permission to send to this channel, and to use its key."""
    del topology
    target = channel(connection.target)
    send(role_id(caller(connection)), connection, target.action, target.arn, target.encryption, plan)


_SENDS = "Step Functions service integration"
SAGA_FUNCTION = Hop(Saga, Function, "Step Functions task that invokes", semantics, lower_call)
SAGA_SAGA = Hop(Saga, Saga, "Step Functions task that runs to its end", semantics, lower_child)
SAGA_QUEUE = Hop(Saga, Queue, _SENDS, semantics, lower_send)
SAGA_TOPIC = Hop(Saga, Topic, _SENDS, semantics, lower_send)
SAGA_BUS = Hop(Saga, Bus, _SENDS, semantics, lower_send)
