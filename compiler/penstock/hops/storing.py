"""The team's code uses a store: for its effects, to read, or to remember which messages it has handled."""

from penstock.hops.hop import Hop
from penstock.hops.semantics import Semantics
from penstock.hops.sending import encrypt, sdk_semantics, tell, workload
from penstock.kinds import Function, Service, Table
from penstock.kinds.table import table_arn, table_name
from penstock.model.component import Connection
from penstock.model.topology import Topology
from penstock.plan.names import pascal
from penstock.plan.plan import Plan
from penstock.plan.statement import Holder, Statement

SOURCE = "https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"
_ACTIONS = {
    "read": ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"),
    "write": (
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
    ),
    "idempotency": ("dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
}


def semantics(connection: Connection, topology: Topology) -> Semantics:
    """A call of the SDK."""
    del topology
    return sdk_semantics(connection, SOURCE)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """Permission for the declared ways of use and no other, and the table's name."""
    del topology
    table = connection.target
    if not isinstance(table, Table):
        raise TypeError(table)
    role = workload(connection).role_id
    actions = tuple(sorted({action for way in connection.access.ways for action in _ACTIONS[way]}))
    use = Statement(actions, (table_arn(table),))
    plan.grant(Holder.ROLE, role, f"Use{pascal(table.name)}", use, connection.at())
    encrypt(role, table.encryption, connection.at(), plan)
    tell(connection, "store", table_name(table), plan)


_TABLE = "SDK calls of DynamoDB"
FUNCTION_TABLE = Hop(Function, Table, _TABLE, semantics, lower)
SERVICE_TABLE = Hop(Service, Table, _TABLE, semantics, lower)
