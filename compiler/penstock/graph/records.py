"""Where the records of successful invocations travel: they are no messages, and no filter that asks for messages lets them through."""

from collections.abc import Iterator

from penstock.model.component import Connection, Delivery
from penstock.model.topology import Topology


def record_ways(topology: Topology) -> Iterator[Connection]:
    """Every connection on which such a record may come, from the functions that send them. Linear."""
    pending = topology.handovers
    seen = set()
    yield from pending
    while pending:
        place = pending.pop().target
        if place in seen or place.word == "function":
            continue
        seen.add(place)
        ways = [way for way in topology.outgoing(place) if _takes_all(way)]
        yield from ways
        pending += ways


def _takes_all(connection: Connection) -> bool:
    settings = connection.settings
    if not isinstance(settings, Delivery) or not settings.enabled:
        return False
    return not (settings.messages or settings.pattern or settings.filters)
