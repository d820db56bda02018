"""What every hop from the team's code has in common: a call of the AWS SDK, with the role of the function or the service."""

from penstock import resources
from penstock.hops.semantics import Ending, Guarantee, Ordering, Semantics
from penstock.kinds.key import SEND_ACTIONS, kms_id
from penstock.kinds.workload import Workload
from penstock.model.component import Connection, Delivery, Encryption
from penstock.model.origin import Place
from penstock.plan.names import environment_name, pascal
from penstock.plan.plan import Plan
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Value


def workload(connection: Connection) -> Workload:
    """Whose code it is that sends."""
    if not isinstance(connection.source, Workload):
        raise TypeError(connection.source)
    return connection.source


def sdk_semantics(connection: Connection, source: str, ordering: Ordering = Ordering.NONE) -> Semantics:
    """A call of the SDK: it is retried a few times, then the code gets the error."""
    return Semantics(
        guarantee=Guarantee.AT_LEAST_ONCE,
        ordering=ordering,
        retried_by=f"the AWS SDK in {connection.source}",
        attempts=resources.limit("sdk.attempts"),
        window=None,
        ending=Ending.CALLER,
        source=source,
    )


def allow_send(connection: Connection, action: str, resource: Value, encryption: Encryption, plan: Plan) -> None:
    """Let the role of the sender send to the target, and use the target's key."""
    send(workload(connection).role_id, connection, action, resource, encryption, plan)


def send(  # noqa: PLR0913, PLR0917 - a statement's parts
    role: str,
    connection: Connection,
    action: str | tuple[str, ...],
    resource: Value,
    encryption: Encryption,
    plan: Plan,
) -> None:
    """Let a role send to the target of a connection, and use the target's key."""
    sid = f"SendTo{pascal(connection.target.name)}"
    cause = connection.at("source" if isinstance(connection.settings, Delivery) else "to")
    actions = (action,) if isinstance(action, str) else action
    plan.grant(Holder.ROLE, role, sid, Statement(actions, (resource,)), cause)
    encrypt(role, encryption, cause, plan)


def encrypt(role: str, encryption: Encryption, cause: Place, plan: Plan) -> None:
    """Let a role use the key of what it sends to, if that has one."""
    if encryption.key:
        use = Statement(SEND_ACTIONS, (kms_id(encryption.key),))
        plan.grant(Holder.ROLE, role, f"EncryptWith{pascal(encryption.key)}", use, cause)


def tell(connection: Connection, kind: str, value: Value, plan: Plan) -> None:
    """Tell the code where the target is, by an environment variable."""
    plan.environment[workload(connection).id][environment_name(kind, connection.target.name)] = value
