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
from penstock.plan.names import pascal
from penstock.plan.plan import Plan
from penstock.plan.statement import Holder, Statement

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
    sid = f"{'Resume' if answers else 'Start'}{pascal(saga.name)}"
    actions = ANSWERS if answers else ("states:StartExecution",)
    role = workload(connection).role_id
    plan.grant(Holder.ROLE, role, sid, Statement(actions, (saga_arn(saga),)), connection.at())
    if not answers:
        tell(connection, "saga", saga_arn(saga), plan)


STARTS = "SDK call StartExecution, or an answer to a callback"
FUNCTION_SAGA = Hop(Function, Saga, STARTS, semantics, lower)
