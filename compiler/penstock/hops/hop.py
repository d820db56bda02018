"""What the compiler must know of a pair of kinds that AWS can join."""

from collections.abc import Callable

from penstock.hops.semantics import Semantics
from penstock.model.component import Component, Connection
from penstock.model.topology import Topology
from penstock.plan.plan import Plan
from penstock.records import NamedTuple


class Hop(NamedTuple):
    """One pair of kinds: its mechanism in a few words, what it promises, how it lowers, and which settings of ``from:`` it heeds."""

    source: type[Component]
    target: type[Component]
    mechanism: str
    semantics: Callable[[Connection, Topology], Semantics]
    lower: Callable[[Connection, Topology, Plan], None]
    settings: tuple[str, ...] = ()
