"""The team's code uses a store: for its effects, to read, or to remember which messages it has handled."""

from collections.abc import Collection, Mapping

from penstock.hops.hop import Hop
from penstock.hops.semantics import Ordering, Semantics
from penstock.hops.sending import encrypt, sdk_semantics, tell, workload
from penstock.kinds import Bucket, Database, Function, Table
from penstock.kinds.bucket import bucket_arn, bucket_name, objects_arn
from penstock.kinds.database import secret_arn
from penstock.kinds.table import index_arns, table_arn, table_name
from penstock.model.component import BY_SERVICE, Access, Connection, Publication
from penstock.model.topology import Topology
from penstock.plan.names import pascal
from penstock.plan.plan import Plan
from penstock.plan.statement import Holder, Statement

SOURCE = "https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"
_OBJECT_ACTIONS = {
    "read": ("s3:GetObject",),
    "write": ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"),
    "idempotency": ("s3:GetObject", "s3:PutObject"),
}
_TABLE_ACTIONS = {
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
    """A call of the SDK. The rows of an outbox that have one key are read in the order in which they were written."""
    settings = connection.settings
    keyed = isinstance(settings, Publication) and topology.messages[settings.message].key is not None
    return sdk_semantics(connection, SOURCE, Ordering.PER_KEY if keyed else Ordering.NONE)


def lower(connection: Connection, topology: Topology, plan: Plan) -> None:
    """Permission for the declared ways of use and no other, and the store's name."""
    del topology
    store, role = connection.target, workload(connection).role_id
    name = pascal(store.name)
    if isinstance(connection.settings, Publication) and isinstance(store, Table):
        _write_rows(connection, store, role, plan)
        return
    ways = connection.access.ways if isinstance(connection.settings, Access) else frozenset[str]()
    match store:
        case Table():
            address, encryption = table_name(store), store.encryption
            uses = {f"Use{name}": (_actions(_TABLE_ACTIONS, ways), (table_arn(store),))}
            if "read" in ways and store.indexes:
                uses[f"QueryIndexesOf{name}"] = (("dynamodb:Query",), index_arns(store))
        case Bucket():
            address, encryption = bucket_name(store), store.encryption
            uses = {f"Use{name}": (_actions(_OBJECT_ACTIONS, ways), (objects_arn(store),))}
            if "read" in ways:
                uses[f"List{name}"] = (("s3:ListBucket",), (bucket_arn(store),))
        case Database():
            address, encryption = store.secret, BY_SERVICE
            uses = {f"ConnectTo{name}": (("secretsmanager:GetSecretValue",), (secret_arn(store),))}
        case _:
            raise TypeError(store)
    for sid, (actions, addresses) in uses.items():
        plan.grant(Holder.ROLE, role, sid, Statement(actions, addresses), connection.at())
    encrypt(role, encryption, connection.at(), plan)
    tell(connection, "store", address, plan)


def _write_rows(connection: Connection, store: Table, role: str, plan: Plan) -> None:
    """Permission to put rows into a store's outbox: a transaction asks for what each of its writes asks for."""
    put = Statement(("dynamodb:PutItem",), (table_arn(store),))
    plan.grant(Holder.ROLE, role, f"WriteRowsOf{pascal(store.name)}", put, connection.at())
    encrypt(role, store.encryption, connection.at(), plan)
    tell(connection, "store", table_name(store), plan)


def _actions(actions: Mapping[str, tuple[str, ...]], ways: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted({action for way in ways for action in actions[way]}))


TABLE_CALLS, BUCKET_CALLS = "SDK calls of DynamoDB", "SDK calls of S3"
DATABASE_CALLS = "connection with a secret"
FUNCTION_TABLE = Hop(Function, Table, TABLE_CALLS, semantics, lower)
FUNCTION_BUCKET = Hop(Function, Bucket, BUCKET_CALLS, semantics, lower)
FUNCTION_DATABASE = Hop(Function, Database, DATABASE_CALLS, semantics, lower)
