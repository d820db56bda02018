"""Components and messages of other topologies of the workspace: read where they are declared, and here not made.

``alias/name`` is a component and ``alias/Message`` a message of the topology imported under that alias. Of an imported topology only
what it declares itself is read, so imports may go round in a circle. What is wrong with it is told once, at the import.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from penstock.diagnostics import Diagnostic
from penstock.graph.flow import flow, stated_flow
from penstock.graph.forms import forms
from penstock.kinds.crossing import Crossing, How, Where, crossed, waits
from penstock.model.component import BY_SERVICE, Component, Delivery, Existing, Publication, Redrive
from penstock.model.origin import Elsewhere, Origin, Place
from penstock.model.resolve import fault
from penstock.model.topology import AlarmPolicy, Message, Topology
from penstock.records import NamedTuple, replace

_NAME = re.compile(r"[a-z][a-z0-9-]*/[A-Za-z][A-Za-z0-9-]*")


class Import(NamedTuple):
    """What one topology says of another: where it lies, where it is deployed if that is said, the place, and the ARNs of its keys."""

    path: str
    where: Where
    place: Place
    keys: Mapping[str, str] = {}


class Imported(NamedTuple):
    """A topology that is imported: as far as it can be read, or the problem; and where it and the one that imports it are deployed."""

    topology: Topology | None
    problem: str
    where: Where
    own: Where


class ReadImport(Protocol):
    """Reads topologies by their paths, relative to the one that imports them."""

    def __call__(self, path: str) -> Imported:
        """The topology."""
        ...

    def way_back(self, path: str) -> list[str]:
        """The names of topologies of which each waits for the next one's stack, from the one at ``path`` to the one that imports it."""
        ...


class Brought(NamedTuple):
    """Components with the imported ones among them, their messages, what is wrong, and whether an ARN is known only when deployed."""

    components: dict[str, Component]
    messages: dict[str, Message]
    faults: list[Diagnostic]
    late: bool


def alone(components: Mapping[str, Component]) -> dict[str, Component]:
    """Components without their connections to what is imported."""
    return {name: _alone(component) for name, component in components.items()}


def alarms_alone(alarms: AlarmPolicy) -> AlarmPolicy:
    """Alarms without the receivers that are imported."""
    receivers = {name: one for name, one in alarms.receivers.items() if "/" not in (one.topic or "") + (one.key or "")}
    return replace(alarms, receivers=receivers)


def _alone(component: Component) -> Component:
    return replace(
        component,
        deliveries=tuple(map(_alone_delivery, (one for one in component.deliveries if "/" not in one.source))),
        publications=tuple(one for one in component.publications if "/" not in one.to + one.message),
        accesses=tuple(one for one in component.accesses if not _NAME.fullmatch(one.store)),
        references=tuple(one for one in component.references if "/" not in one.name),
        mentions=tuple(one for one in component.mentions if "/" not in one.message),
        redrive=None
        if isinstance(component.redrive, Redrive) and "/" in component.redrive.queue
        else component.redrive,
    )


def _alone_delivery(delivery: Delivery) -> Delivery:
    dlq = None if isinstance(delivery.dlq, Redrive) and "/" in delivery.dlq.queue else delivery.dlq
    messages = delivery.messages and tuple(name for name in delivery.messages if "/" not in name)
    bucket = None if "/" in (delivery.bucket or "") else delivery.bucket
    return replace(delivery, dlq=dlq, bucket=bucket, messages=messages)


def bring_in(
    components: Mapping[str, Component],
    messages: Mapping[str, Message],
    alarms: AlarmPolicy,
    imports: Mapping[str, Import],
    read_import: ReadImport,
) -> Brought:
    """Bring in what the components and the alarms name of other topologies."""
    bringer = _Bringer(dict(components), dict(messages), alarms)
    for alias, one in imports.items():
        bringer.read(alias, one, read_import)
    bringer.bring()
    bringer.refuse_idle_keys()
    bringer.wait(read_import)
    own = {name: _with_own_names(component) for name, component in components.items()}
    return Brought({**own, **bringer.found}, bringer.messages, bringer.faults, bringer.late)


def _with_own_names(component: Component) -> Component:
    """A component that names messages as they are called on the wire."""
    return replace(
        component,
        deliveries=tuple(
            replace(one, messages=one.messages and tuple(name.rpartition("/")[2] for name in one.messages))
            for one in component.deliveries
        ),
        publications=tuple(replace(one, message=one.message.rpartition("/")[2]) for one in component.publications),
    )


class Use(NamedTuple):
    """A component that is named, how it is used, where, and by whom."""

    name: str
    place: Place
    how: How
    by: Component | str


class _Bringer:
    def __init__(self, components: dict[str, Component], messages: dict[str, Message], alarms: AlarmPolicy) -> None:
        self._components = components
        self._uses = list(uses(components.values(), alarms))
        self._owners: dict[str, tuple[Import, Imported]] = {}
        self._keys: set[str] = set()
        self._waits: dict[str, Place] = {}
        self.messages = messages
        self.found: dict[str, Component] = {}
        self.faults: list[Diagnostic] = []
        self.late = False

    def read(self, alias: str, one: Import, read_import: ReadImport) -> None:
        """Read the topology behind an alias."""
        imported = read_import(one.path)
        self._owners[alias] = one, imported._replace(where=one.where.over(imported.where))
        if imported.topology is None:
            text = f"topology {one.path!r} cannot be imported: {imported.problem}"
            self.faults.append(fault("REF032", one.place, text))

    def bring(self) -> None:
        """Bring in every component and message that is named."""
        for component in self._components.values():
            for name, place in _messages(component):
                self._message(name, place)
        for use in self._uses:
            self._component(use)

    def refuse_idle_keys(self) -> None:
        """What an import says of a key must be of use."""
        for alias, (one, imported) in self._owners.items():
            for name in one.keys if imported.topology else ():
                if f"{alias}/{name}" not in self._keys:
                    text = f"nothing here needs a key {name!r} of the topology that is imported as {alias!r}"
                    self.faults.append(fault("REF026", one.place.child("keys", name), text, "remove it"))

    def wait(self, read_import: ReadImport) -> None:
        """Find the topologies that wait for this one's stack while its own waits for theirs."""
        for path, place in self._waits.items():
            names = read_import.way_back(path)
            if names:
                round_ = " > ".join((names[-1], *names))
                text = f"stacks wait for each other, so none of them can be the first to be deployed: {round_}"
                help_ = "let one topology own what both need; what is only sent to is found by its `physical_name`, without `export`"
                self.faults.append(fault("REF025", place, text, help_))

    def _owner(self, name: str, place: Place, *, optional: bool = False) -> tuple[Import, Imported, Topology] | None:
        alias = name.partition("/")[0]
        known = self._owners.get(alias)
        if known is None:
            if not optional:
                there = f"there are {', '.join(self._owners)}" if self._owners else "write `imports:`"
                self.faults.append(fault("REF034", place, f"no topology is imported as {alias!r}", there))
            return None
        one, imported = known
        return None if imported.topology is None else (one, imported, imported.topology)

    def _message(self, name: str, place: Place) -> None:
        owner = self._owner(name, place)
        if owner is None:
            return
        own = name.partition("/")[2]
        message = owner[2].messages.get(own)
        if message is None:
            text = f"topology {owner[2].name!r} has no message {own!r}"
            self.faults.append(fault("REF005", place, text, f"declare it in {owner[0].path}"))
            return
        self._add_message(message, owner[2], place)
        self._refuse_kept(message, owner[2], place)

    def _refuse_kept(self, message: Message, owner: Topology, place: Place) -> None:
        """What lies in another topology's bucket is its own to read and write."""
        if message.offload:
            bucket = owner.components[message.offload.store]
            text = f"{message.name} of topology {owner.name!r} may be kept in its {bucket}, which it alone uses"
            help_ = "exchange a message without `offload`: one that says what others need, or where they find it"
            self.faults.append(fault("REF056", place, text, help_))

    def _add_message(self, message: Message, owner: Topology, place: Place) -> None:
        known = self.messages.setdefault(message.name, replace(message, imported=True, offload=None))
        if known.schema != message.schema or known.detail_type != message.detail_type:
            text = f"message {message.name!r} of topology {owner.name!r} is another than the {message.name!r} that is known here"
            help_ = "messages travel under these names: give one of them another name"
            self.faults.append(fault("REF033", place, text, help_))

    def _component(self, use: Use) -> None:
        owner = self._owner(use.name, use.place, optional=use.how == "effect")
        if owner is None:
            return
        one, imported, topology = owner
        own = topology.components.get(use.name.partition("/")[2])
        if own is None or own.existing == Existing():
            text = f"topology {topology.name!r} has no component {use.name.partition('/')[2]!r}"
            self.faults.append(fault("REF001", use.place, text, f"it is read from {one.path}"))
            return
        crossing = Crossing(own, topology, one.path, imported.where, imported.own, one.where)
        if waits(crossing, use.how):
            self._waits.setdefault(one.path, use.place)
        place, problems = crossed(crossing, use.how, use.by, use.place)
        self.faults += problems
        if place is not None:
            self._expected(use, own, one, topology)
        if place is None or use.name in self.found:
            return
        alias = use.name.partition("/")[0]
        self.late |= bool(place.arn)
        carries = tuple(flow(topology).at[own])
        for message in carries:
            self._add_message(message, topology, use.place)
            if isinstance(use.how, Delivery) and message.name in (use.how.messages or (message.name,)):
                self._refuse_kept(message, topology, use.place)
        self.found[use.name] = self._imported(own, use, place, alias, crossing)

    def _expected(self, use: Use, own: Component, one: Import, topology: Topology) -> None:
        """Whoever reads a queue or a stream gives up what it does not expect; of what exists already the owner does not know all."""
        if not isinstance(use.how, Publication) or own.word not in {"queue", "stream"} or own.existing:
            return
        name = use.how.message.rpartition("/")[2]
        known = {message.name for message in flow(topology).at[own]}
        if topology.outgoing(own) and name not in known:
            text = f"nobody who reads {own} of topology {topology.name!r} expects {name}"
            help_ = f"declare {name} in {one.path}: what nobody there sends is expected of others, at every channel that is exported"
            self.faults.append(fault("REF027", Place(use.how.origin, ("message",)), text, help_))

    def _imported(self, own: Component, use: Use, place: Existing, alias: str, crossing: Crossing) -> Component:
        """An owner's component as it is here: it is known where it is, and its connections are its owner's."""
        changes: dict[str, Any] = {}
        key = getattr(getattr(own, "encryption", None), "key", None)
        if key:
            changes["encryption"] = self._key(key, use, alias, crossing)
        if own.word == "stream":
            changes["fan_out"] = ()
        if own.word == "bus" and not getattr(own, "partner", None):
            changes["event_source"] = getattr(own, "event_source", None) or crossing.topology.name
        carried = tuple(message.name for message in stated_flow(crossing.topology).at[own])
        return replace(
            own,
            name=use.name,
            origin=Elsewhere(own.origin, use.place),
            deliveries=(),
            publications=(),
            handover=None,
            accesses=(),
            references=(),
            redrive=None,
            existing=place,
            export=None,
            carries=carried,
            may_carry=tuple(one.name for one in flow(crossing.topology).at[own] if one.name not in carried),
            forms=forms(own, crossing.topology) if own.word in {"topic", "bus"} else frozenset(),
            **changes,
        )

    def _key(self, name: str, use: Use, alias: str, crossing: Crossing) -> Any:  # noqa: ANN401 - the kind's own
        """The key of what is imported, if whoever uses that needs the key too: subscribers to topics and buses do not."""
        whole = f"{alias}/{name}"
        encryption = getattr(crossing.component, "encryption", None)
        if crossing.component.word == "bus":
            return BY_SERVICE
        users = [one for one in self._uses if one.name == use.name]
        if crossing.component.word == "topic" and not any(isinstance(one.how, Publication) for one in users):
            return BY_SERVICE
        own = crossing.topology.components[name]
        if whole not in self._keys:
            self._keys.add(whole)
            stated = self._owners[alias][0].keys.get(name)
            place, problems = crossed(crossing._replace(component=own, arn=stated), "key", use.by, use.place)
            self.faults += problems
            if place is not None:
                self.late |= bool(place.arn)
                origin = Elsewhere(own.origin, use.place)
                self.found[whole] = replace(own, name=whole, origin=origin, existing=place, export=None)
        return encryption._replace(key=whole) if encryption else encryption


def _messages(component: Component) -> Iterator[tuple[str, Place]]:
    yield from (mention for mention in component.mentions if "/" in mention.message)
    for publication in component.publications:
        if "/" in publication.message:
            yield publication.message, Place(publication.origin, ("message",))
    for delivery in component.deliveries:
        for index, name in enumerate(delivery.messages or ()):
            if "/" in name:
                yield name, Place(delivery.origin, ("messages", index))


def stated_imports(data: Mapping[str, Any], root: Origin) -> dict[str, Import]:
    """The imports of a topology, by alias."""
    return {
        alias: _stated_import({"topology": own} if isinstance(own, str) else own, Place(root, ("imports", alias)))
        for alias, own in (data.get("imports") or {}).items()
    }


def _stated_import(own: Mapping[str, Any], place: Place) -> Import:
    return Import(own["topology"], Where(own.get("account"), own.get("region")), place, own.get("keys") or {})


def uses(components: Iterable[Component], alarms: AlarmPolicy) -> Iterator[Use]:
    """What components and alarms name of other topologies."""
    for component in components:
        yield from _uses(component)
    for receiver in alarms.told:
        for name, how in ((receiver.topic, "alarm"), (receiver.key, "key")):
            if name and "/" in name:
                yield Use(name, receiver.place, how, "alarms")


def aliases(components: Iterable[Component], alarms: AlarmPolicy) -> set[str]:
    """The aliases of which a component or a message is named."""
    components = list(components)
    messages = [name for component in components for name, _ in _messages(component)]
    return {name.partition("/")[0] for name in (*messages, *(use.name for use in uses(components, alarms)))}


def _uses(component: Component) -> Iterator[Use]:
    for delivery in component.deliveries:
        if "/" in delivery.source:
            yield Use(delivery.source, Place(delivery.origin, ("source",)), delivery, component)
    for publication in component.publications:
        if "/" in publication.to:
            yield Use(publication.to, Place(publication.origin, ("to",)), publication, component)
    for access in component.accesses:
        if _NAME.fullmatch(access.store):
            yield Use(access.store, Place(access.origin, ()), "effect" if access.optional else "store", component)
    for reference in component.references:
        if "/" in reference.name:
            yield Use(reference.name, reference.place, "reference", component)
