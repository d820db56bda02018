"""What gets the records of a function's successes: where it is, and the right of the function's role to send there.

Lambda sends with the function's role, and refuses a destination to which that may not send.
"""

from penstock.kinds.bus import Bus, bus_arn
from penstock.kinds.function import Function, invoke_arn
from penstock.kinds.key import SEND_ACTIONS, kms_id
from penstock.kinds.queue import Queue, queue_arn
from penstock.kinds.topic import Topic, topic_arn
from penstock.model.component import BY_SERVICE, Component, Encryption
from penstock.plan.names import pascal
from penstock.plan.plan import Plan
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Value
from penstock.records import NamedTuple


class _Destination(NamedTuple):
    """How something is sent to: by what action, at which ARN, and what it is encrypted with."""

    action: str
    arn: Value
    encryption: Encryption


def _destination(target: Component) -> _Destination:
    match target:
        case Queue():
            return _Destination("sqs:SendMessage", queue_arn(target), target.encryption)
        case Topic():
            return _Destination("sns:Publish", topic_arn(target), target.encryption)
        case Bus():
            return _Destination("events:PutEvents", bus_arn(target), BY_SERVICE)
        case Function():
            return _Destination("lambda:InvokeFunction", invoke_arn(target), BY_SERVICE)
        case _:
            raise TypeError(target)


def hand_over(function: Component, role: str, target: Component, plan: Plan) -> Value:
    """The destination of a function's records, to which its role may now send."""
    to, cause = _destination(target), function.at("async", "on_success")
    plan.grant(Holder.ROLE, role, f"SendTo{pascal(target.name)}", Statement((to.action,), (to.arn,)), cause)
    if key := to.encryption.key:
        plan.grant(Holder.ROLE, role, f"EncryptWith{pascal(key)}", Statement(SEND_ACTIONS, (kms_id(key),)), cause)
    return to.arn
