"""Producers outside the topology: another account, or a role of one."""

from collections.abc import Iterator

from penstock.kinds.deliveries import publications
from penstock.kinds.kind import Kind
from penstock.model.component import Component
from penstock.model.deployed import is_arn
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.plan.values import Sub, Value
from penstock.records import record


@record
class External(Component):
    """Somebody else's sender. ``principal`` is an IAM ARN or a whole account's number."""

    word = "external producer"

    principal: str


def read(name: str, entry: Entry) -> Iterator[Component]:
    """The external producer."""
    yield External(
        name=name,
        origin=entry.origin,
        publications=publications(entry),
        principal=entry.text("principal") or "",
    )


def principal(external: External) -> dict[str, Value]:
    """The principal as a resource policy names it."""
    return principal_of(external.principal)


def principal_of(who: str) -> dict[str, Value]:
    """An IAM ARN, or an account's number, as a resource policy names it."""
    return {"AWS": who if is_arn(who) else Sub(f"arn:${{AWS::Partition}}:iam::{who}:root")}


def lower(component: Component, topology: Topology, plan: Plan) -> None:
    """Nothing: what an external producer needs is written by its hops."""
    del component, topology, plan


EXTERNAL = Kind(External, "producers", "external", "producer-external", read, lower)
