"""The team's code, or the function that the compiler writes for it, starts a saga; or it answers what a saga waits for.

An execution of a standard workflow is started under a name, and a second start under the same name is the same execution.
https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
"""

from penstock.hops.hop import Hop
from penstock.hops.semantics import Semantics
from penstock.hops.sending import sdk_semantics, tell, workload
from penstock.kinds import Function, Saga
from penstock.kinds.saga import saga_arn
from penstock.kinds.workload import RESUMES
from penstock.model.component import Call, Connection
from penstock.model.topology import Topology
from penstock.plan.names import joint_id, pascal
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Ref, Value

SOURCE = "https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html"
ANSWERS = ("states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess")


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """A call of the SDK; an execution that has started is Step Functions' to carry through."""
    del topology
    return sdk_semantics(connection, SOURCE)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """Permission to start the saga and its ARN, or permission to answer its callbacks."""
    del topology
    saga, settings = connection.target, connection.settings
    answers = isinstance(settings, Call) and settings.word == RESUMES
    role = workload(connection).role_id
    if answers:
        _let_answer(connection, role, plan)
        return
    start = Statement(("states:StartExecution",), (saga_arn(saga),))
    plan.grant(Holder.ROLE, role, f"Start{pascal(saga.name)}", start, connection.at())
    tell(connection, "saga", saga_arn(saga), plan)


def _let_answer(connection: Connection, role: str, plan: Plan) -> None:
    """A policy apart from the role: the saga may call the very function that answers, and CloudFormation makes no circles."""
    saga, sid = connection.target, f"Resume{pascal(connection.target.name)}"
    statement = Statement(ANSWERS, (saga_arn(saga),))
    if role in plan.left:
        plan.grant(Holder.ROLE, role, sid, statement, connection.at())
        return
    policy: dict[str, Value] = {
        "PolicyName": sid,
        "Roles": [Ref(role)],
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement.body(sid)]},
    }
    own = f"{pascal(connection.source.word)}Answers"
    name = joint_id(saga.name, "SagaFrom", connection.source.name, own)
    plan.add(Resource(name, "AWS::IAM::Policy", policy, connection.at()))


STARTS = "SDK call StartExecution, or an answer to a callback"
FUNCTION_SAGA = Hop(Function, Saga, STARTS, semantics, lower)
