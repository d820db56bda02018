"""Ways on which what a function sends comes back to it, where that it sends is inferred."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from penstock.graph.cycles import strongly_connected
from penstock.model.component import Delivery
from penstock.records import NamedTuple
from penstock.template.inferred import Sent, sent
from penstock.template.machines import states
from penstock.template.sam import MACHINE, NOTIFICATION
from penstock.template.tasks import tasks
from penstock.template.values import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.template.build import Drawn
    from penstock.template.directory import Directory
    from penstock.template.stacks import Resource

_Key = tuple[int, str]


class Way(NamedTuple):
    """From what a function sends, back to the function."""

    first: Sent
    route: tuple[Resource, ...]

    def __str__(self) -> str:
        """The ids of all on the way, the function at both ends."""
        return " > ".join(resource.id for resource in self.route)


def ways_back(drawn: Drawn) -> Iterator[Way]:
    """One for each part of the templates in which something goes round; none where a filter says what may come back."""
    inferred = list(sent(drawn.translation.directory))
    if not inferred:
        return
    graph: dict[_Key, dict[_Key, None]] = {}
    for source, target in (*_stated(drawn), *((_key(one.function), _key(one.target)) for one in inferred)):
        graph.setdefault(source, {})[target] = None
    part_of = {key: number for number, part in enumerate(strongly_connected(graph)) for key in part}
    told = set()
    for one in inferred:
        number = part_of[_key(one.function)]
        if number == part_of.get(_key(one.target)) and number not in told:
            told.add(number)
            yield Way(one, tuple(_route(one, graph, drawn)))


def _key(resource: Resource) -> _Key:
    return resource.stack, resource.id


def _stated(drawn: Drawn) -> Iterator[tuple[_Key, _Key]]:
    """The deliveries that a template states, of all that arrives."""
    translation = drawn.translation
    keys = {name: key for key, name in translation.names.items()}
    for connection in drawn.connections:
        settings = connection.settings
        if isinstance(settings, Delivery) and settings.enabled and not settings.filters and not settings.pattern:
            ends = keys.get(connection.source.name), keys.get(connection.target.name)
            if ends[0] and ends[1]:
                yield ends[0], ends[1]
    yield from _of_machines(translation.directory)
    for notification in translation.directory.of(NOTIFICATION):
        own = notification.properties
        events = [written(one) or "" for key in ("Event", "Events") for one, _ in own.items_of(key)]
        bucket, target = (translation.directory.find(own.get(key), "lambda") for key in ("Bucket", "Target"))
        if bucket and target and "Filter" not in own and any("ObjectCreated" in event for event in events):
            yield _key(bucket), _key(target)


def _of_machines(directory: Directory) -> Iterator[tuple[_Key, _Key]]:
    """The ways into state machines and out of them; one that chooses may end what goes round, as a filter does."""
    for pipe in directory.of("AWS::Pipes::Pipe"):
        own = pipe.properties
        source, target = (directory.find(own.get(key)) for key in ("Source", "Target"))
        stopped = written(own.get("DesiredState")) not in {None, "RUNNING"}
        if source and target and not stopped and "FilterCriteria" not in own.part("SourceParameters"):
            yield _key(source), _key(target)
    for machine in directory.of(MACHINE):
        if all(written(one.said.get("Type")) != "Choice" for one in states(machine, directory.world)):
            yield from ((_key(machine), _key(one.target)) for one in tasks(machine, directory))


def _route(first: Sent, graph: dict[_Key, dict[_Key, None]], drawn: Drawn) -> list[Resource]:
    """A shortest way from a function over what it sends to and back."""
    start, target = _key(first.function), _key(first.target)
    came_from: dict[_Key, _Key] = {target: start}
    pending = deque([target])
    while pending and start not in came_from:
        here = pending.popleft()
        for there in graph.get(here, ()):
            if there not in came_from:
                came_from[there] = here
                pending.append(there)
    route = [start]
    while len(route) == 1 or route[-1] != start:
        route.append(came_from[route[-1]])
    found = (drawn.translation.directory.get(*key) for key in reversed(route))
    return [resource for resource in found if resource]
