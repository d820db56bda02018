"""What the compiler must know of a kind of component."""

from collections.abc import Callable, Iterable

from penstock.model.component import Component
from penstock.model.entry import Entry
from penstock.model.topology import Topology
from penstock.plan.layer import Layer
from penstock.plan.plan import Plan
from penstock.records import NamedTuple


class Kind(NamedTuple):
    """One kind: where it stands in the language, how it is read, and what it becomes.

    ``read`` yields the component first, and after it the components that it writes inline (dead-letter queues). ``lower`` adds the
    resources that the component needs by itself; what a hop needs is the hop's business. ``finish`` adds what can be known only after
    every hop has spoken. ``layer`` is where its resources stand when a topology is split into stacks.
    """

    component: type[Component]
    section: str
    type: str | None
    definition: str
    read: Callable[[str, Entry], Iterable[Component]]
    lower: Callable[[Component, Topology, Plan], None]
    finish: Callable[[Topology, Plan], None] | None = None
    layer: Layer = Layer.ROOT
