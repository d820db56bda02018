"""A topology: its components, the connections between them, and the contracts of what travels."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, TypeVar

from penstock.model.component import Component, Connection, Redrive, Threshold
from penstock.model.origin import Origin, Place
from penstock.records import NamedTuple, field, record

Kind = TypeVar("Kind", bound=Component)


class Rate(NamedTuple):
    """How many messages a second are sent: in the long run, and for a while. Either is ``None`` where it is not stated."""

    average: float | None
    peak: float | None

    @property
    def highest(self) -> float:
        """The most that must be borne."""
        return max(self.average or 0, self.peak or 0)


class Offload(NamedTuple):
    """The bucket that keeps the payloads of more than ``above`` bytes; what travels then is a pointer."""

    store: str
    above: int


@record
class Message:
    """A contract: what travels. ``key`` and ``idempotency_key`` are dotted paths into the payload; ``max_size`` is in bytes."""

    name: str
    origin: Origin = field(repr=False)
    version: int = 1
    schema: Mapping[str, Any]
    schema_file: str | None = None
    key: str | None = None
    idempotency_key: str | None = None
    max_size: int | None = None
    detail_type: str
    imported: bool = False
    description: str = ""
    rate: Rate | None = None
    offload: Offload | None = None

    @property
    def wire_size(self) -> int | None:
        """The most that travels, in bytes: the largest payload that is not kept in a bucket."""
        if self.offload is None:
            return self.max_size
        return min(self.offload.above, self.max_size or self.offload.above)

    def at(self, *path: str | int) -> Place:
        """The place of a field, for a finding."""
        return Place(self.origin, path)

    def states(self, *path: str | int) -> bool:
        """Whether the topology says anything about a field."""
        return self.origin.states(path)


class Receiver(NamedTuple):
    """Who is told of alarms: a topic by its name, a topic by its ARN, or an e-mail address, with the key of its topic."""

    topic: str | None
    arn: str | None
    email: str | None
    key: str | None
    place: Place


@record
class AlarmPolicy:
    """Who is told of an alarm, and the thresholds and severities that hold for every component that does not set its own.

    ``receivers`` are by severity where ``by_severity``; otherwise one receiver is told of all, and there is one entry for each.
    ``dashboard`` is its name, empty where CloudFormation chooses one, or ``None``.
    """

    origin: Origin = field(repr=False)
    receivers: Mapping[str, Receiver] = field(default_factory=dict)
    by_severity: bool = False
    thresholds: Mapping[str, Threshold]
    severities: Mapping[str, str] = field(default_factory=dict)
    dashboard: str | None = None

    @property
    def told(self) -> tuple[Receiver, ...]:
        """Each receiver, once for each time that it is named."""
        return tuple(self.receivers.values())[: None if self.by_severity else 1]

    @property
    def topics(self) -> frozenset[str]:
        """The topics of this topology to which alarms are sent."""
        return frozenset(each.topic for each in self.receivers.values() if each.topic)


@record
class Parameter:
    """A value that each deployment gives; ``default`` where it gives none, ``allowed`` what it may be (empty: anything).

    ``uses`` of a ``secret`` one are the places whose texts have it.
    """

    name: str
    origin: Origin = field(repr=False)
    type: str = "String"
    secret: bool = False
    uses: tuple[Place, ...] = ()
    default: str | None = None
    allowed: tuple[str, ...] = ()
    description: str | None = None

    def at(self, *path: str | int) -> Place:
        """The place of a field, for a finding."""
        return Place(self.origin, path)


class StackPolicy(NamedTuple):
    """How the resources are spread over stacks: over ``spread`` groups by name, and by ``place`` into named ones."""

    spread: int | None
    place: Mapping[str, str]


class Topology:
    """Components by name, in the order they were written, and their connections by either end.

    One that is ``drawn`` was not written down as such: it is what templates stand for.
    """

    drawn: ClassVar[bool] = False

    def __init__(  # noqa: PLR0913 - the parts of a topology, each needed
        self,
        *,
        name: str,
        origin: Origin,
        components: Iterable[Component],
        connections: Iterable[Connection],
        messages: Mapping[str, Message],
        alarms: AlarmPolicy,
        tags: Mapping[str, str],
        owner: str | None = None,
        parameters: Iterable[Parameter] = (),
        late: bool = False,
        stacks: StackPolicy | None = None,
        imports: Mapping[str, bool] | None = None,
    ) -> None:
        """Index the parts; the connections' ends must be among the components."""
        self.name = name
        self.owner = owner
        self.origin = origin
        self.components = {component.name: component for component in components}
        self.connections = tuple(connections)
        self.messages = messages
        self.alarms = alarms
        self.tags = tags
        self.parameters = {parameter.name: parameter for parameter in parameters}
        self.stacks = stacks
        self.imports = imports or {}  # by alias, with whether anything of it is used
        self.late = late  # texts may hold what only the deployment knows
        self.known: dict[object, Any] = {}  # what was worked out of it, by who did, to be done once
        self._outgoing: dict[Component, list[Connection]] = defaultdict(list)
        self._incoming: dict[Component, list[Connection]] = defaultdict(list)
        self._given_up_by: dict[str, list[Component]] = defaultdict(list)
        self._handed_to: dict[str, list[Connection]] = defaultdict(list)
        self._by_kind: dict[type, list[Component]] = defaultdict(list)
        self._index()

    def _index(self) -> None:
        for connection in self.connections:
            self._outgoing[connection.source].append(connection)
            self._incoming[connection.target].append(connection)
        for component in self.components.values():
            for kind in type(component).__mro__:
                self._by_kind[kind].append(component)
            for redrive in component.dead_letters():
                self._given_up_by[redrive.queue].append(component)
            if (handover := component.handover) and not component.imported:
                way = Connection(source=component, target=self.components[handover.to], settings=handover)
                self._handed_to[handover.to].append(way)

    def of(self, kind: type[Kind]) -> Iterator[Kind]:
        """The components of one kind, or of several that have it in common."""
        return iter(self._by_kind.get(kind, ()))  # type: ignore[arg-type]

    def outgoing(self, component: Component) -> list[Connection]:
        """The connections that start at a component."""
        return self._outgoing.get(component, [])

    def incoming(self, component: Component) -> list[Connection]:
        """The connections that end at a component."""
        return self._incoming.get(component, [])

    def given_up_by(self, component: Component) -> list[Component]:
        """The components whose failed messages end in this one."""
        return self._given_up_by.get(component.name, [])

    def handed_to(self, component: Component) -> list[Connection]:
        """The ways of records of successful invocations to a component, which are no messages; so they are not among its others."""
        return self._handed_to.get(component.name, [])

    @property
    def handovers(self) -> list[Connection]:
        """All ways of such records."""
        return [way for ways in self._handed_to.values() for way in ways]

    def dead_letter_queue(self, redrive: object) -> Component | None:
        """The queue that a redrive names, or ``None`` where there is none."""
        return self.components[redrive.queue] if isinstance(redrive, Redrive) else None

    def between(self, source: type[Component], target: type[Component]) -> Iterator[Connection]:
        """The connections that join one kind with another."""
        for component in self.of(source):
            for connection in self.outgoing(component):
                if isinstance(connection.target, target):
                    yield connection

    def at(self, *path: str | int) -> Place:
        """A place in the topology itself, for a finding."""
        return Place(self.origin, path)
