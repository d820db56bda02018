"""Where attempts multiply: each hop tries again, and while it waits so does the next."""

from collections.abc import Iterator

from penstock.graph.retries import Layer, Nesting, nestings
from penstock.hops import Ending, semantics
from penstock.hops.invoking import invocation_semantics
from penstock.kinds import Function
from penstock.model.component import Connection
from penstock.model.topology import Topology

_MOST = 300


def worst_nestings(topology: Topology) -> Iterator[Nesting]:
    """Those in which one message makes hundreds of calls."""
    return nestings(topology, lambda connection: _layer(connection, topology), above=_MOST)


def _layer(connection: Connection, topology: Topology) -> Layer:
    """What has the code behind a connection run again: of a direct invocation that is Lambda, once it has the message."""
    promise = semantics(connection, topology)
    if promise is None:
        return Layer("nobody", 1, waits=False)
    waits = promise.ending is Ending.CALLER
    if connection.source.word == "schedule" and isinstance(connection.target, Function):
        promise = invocation_semantics(connection.target, topology)
    last = promise.then or promise
    return Layer(last.retried_by, last.attempts, waits)
