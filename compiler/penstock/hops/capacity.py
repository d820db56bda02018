"""Whether consumers keep up: what arrives against what can be worked on at once."""

from collections.abc import Iterator, Sequence
from math import inf

from penstock.graph.rates import average
from penstock.kinds import Function, Queue, Workload
from penstock.model.component import Connection, Delivery
from penstock.model.origin import Place
from penstock.model.topology import Topology
from penstock.records import NamedTuple


class Load(NamedTuple):
    """The work of a consumer with what it reads: messages a second, and how many of them it can work on at once.

    ``busy`` is how many it works on at once if it keeps up, by Little's law: those that arrive in the time that one takes.
    (J. D. C. Little, "A Proof for the Queuing Formula: L = λW", 1961, https://doi.org/10.1287/opre.9.3.383)
    """

    workload: Workload
    connections: Sequence[Connection]
    arriving: float
    busy: float
    most: int
    bound: Place

    @property
    def share(self) -> float:
        """How much of what it can do is taken; above 1 it never catches up."""
        return self.busy / self.most

    def catching_up(self, seconds: int) -> float:
        """How many seconds until the backlog of an outage is gone, for what arrives in the meantime is worked on too."""
        return seconds * self.share / (1 - self.share) if self.share < 1 else inf

    @property
    def retention(self) -> int | None:
        """How long the first of its sources to lose something keeps a message, in seconds; ``None`` where none of them is known."""
        sources = [one.source for one in self.connections]
        kept = [kept for one in sources if (kept := getattr(one, "retention", None))]
        return min(kept, default=None)


def loads(topology: Topology) -> Iterator[Load]:
    """The load of every consumer that states its time and has a bound, as far as rates are stated; of several bounds the tightest."""
    for workload in topology.of(Workload):
        if workload.time_per_message:
            found = max(_loads(workload, workload.time_per_message / 1_000, topology), key=_share, default=None)
            if found:
                yield found


def _share(load: Load) -> float:
    return load.share


def _loads(workload: Workload, seconds: float, topology: Topology) -> Iterator[Load]:
    from penstock.kinds import Service  # most topologies state no times

    arriving: dict[Connection, float] = {}
    for connection in topology.incoming(workload):
        if isinstance(connection.settings, Delivery) and connection.settings.enabled:
            arriving[connection] = sum(average(connection, topology).values())
    for connection, rate in arriving.items():
        if rate and (bound := _bound(connection)):
            yield Load(workload, (connection,), rate, rate * seconds, *bound)
    total = sum(arriving.values())
    if not total:
        return
    if isinstance(workload, Function) and workload.reserved:
        bound = workload.reserved, workload.at("concurrency", "reserved")
        yield Load(workload, tuple(arriving), total, total * seconds, *bound)
    if isinstance(workload, Service) and workload.pool:
        bound = workload.pool.scaling.most, workload.at("scaling")
        yield Load(workload, tuple(arriving), total, total * seconds, *bound)


def _bound(connection: Connection) -> tuple[int, Place] | None:
    """How many messages of a source its reader works on at once, one in each invocation, and where that is written."""
    from penstock.kinds import Stream  # most topologies state no times

    delivery = connection.delivery
    if not isinstance(connection.target, Function):
        return None
    if isinstance(connection.source, Queue) and delivery.max_concurrency:
        return delivery.max_concurrency, connection.at("max_concurrency")
    if isinstance(connection.source, Stream) and connection.source.shards:
        return connection.source.shards * delivery.parallelization, connection.at("parallelization")
    return None
