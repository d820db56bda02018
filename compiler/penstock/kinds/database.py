"""Stores of type ``postgres``: databases that exist; who uses one gets the secret with which to connect."""

import re
from collections.abc import Iterator

from penstock.kinds.kind import Kind
from penstock.model.component import Component
from penstock.model.deployed import MARK, is_arn
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.values import Sub, Value
from penstock.records import record

_SUFFIXED = re.compile(r"-[A-Za-z0-9]{6}$")


@record
class Database(Component):
    """A PostgreSQL database. ``secret`` is the name or the ARN of the secret in Secrets Manager that says how to connect."""

    word = "store"

    secret: str


def secret_arn(database: Database) -> Value:
    """The secret as a policy names it: Secrets Manager puts six characters at the end that only a whole ARN has.

    A parameter is to hold such a one.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
    """
    secret = database.secret
    if secret.startswith(MARK):
        return secret
    if is_arn(secret):
        return secret if _SUFFIXED.search(secret) else f"{secret}-??????"
    return Sub(f"arn:${{AWS::Partition}}:secretsmanager:${{AWS::Region}}:${{AWS::AccountId}}:secret:{secret}-??????")


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The database."""
    yield Database(name=name, origin=entry.origin, secret=entry.text("secret") or "")


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """Nothing: the database exists, and what its users need is written by the hops."""
    del component, topology, plan


DATABASE = Kind(Database, "stores", "postgres", "store-postgres", read, lower)
