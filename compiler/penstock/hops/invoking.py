"""What the hops have in common that hand a message to Lambda, which then invokes the function by itself.

Such a delivery succeeds when Lambda has taken the message. What the function makes of it the topic or the bus never learns: from there on
Lambda's own retries count, and its own place for what it gives up.
"""

from penstock.hops.burying import grave
from penstock.hops.delivering import subscription_id
from penstock.hops.matching import by_rule
from penstock.hops.semantics import Ending, Guarantee, Ordering, Semantics
from penstock.kinds import Function, Topic
from penstock.kinds.function import invoke_name
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.resource import Resource
from penstock.plan.values import Value

SOURCE = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html"


def invocation_semantics(function: Function, topology: Topology) -> Semantics:
    """Lambda invokes again after 1 min and after 2 min, and what is throttled for as long as the message's age allows."""
    queue = topology.dead_letter_queue(function.redrive)
    return Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=Ordering.NONE,
        retried_by="Lambda",
        attempts=function.invocations.max_retries + 1,
        window=function.invocations.max_age,
        ending=Ending.DEAD_LETTERS if queue else Ending.DROPPED,
        source=SOURCE,
        dead_letters=queue,
        unread=grave(function, function.redrive, topology),
    )


def directs(function: Function, topology: Topology) -> list[Connection]:
    """What invokes a function directly. A delivery that is not enabled does not, and a FIFO topic cannot."""
    return [
        connection
        for connection in topology.incoming(function)
        if by_rule(connection) or (isinstance(connection.source, Topic) and not connection.source.fifo)
        if connection.delivery.enabled
    ]


def consent_id(connection: Connection) -> str:
    """The logical id of the function's consent to what invokes it."""
    return subscription_id(connection, "Permission")


def allow_invocation(connection: Connection, service: str, source_arn: Value, plan: Plan) -> None:
    """Let a service invoke the function, on behalf of this one source."""
    properties: dict[str, Value] = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": invoke_name(connection.target),
        "Principal": service,
        "SourceArn": source_arn,
    }
    plan.add(Resource(consent_id(connection), "AWS::Lambda::Permission", properties, connection.at()))
