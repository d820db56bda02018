"""From translated resources to a topology: the kinds read their entries as those of a topology file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from penstock.kinds import kind_of
from penstock.model.entry import Entry
from penstock.model.origin import YamlOrigin
from penstock.model.resolve import Resolver
from penstock.model.topology import AlarmPolicy, Message, Topology
from penstock.template.directory import Directory
from penstock.template.sam import MACHINE
from penstock.template.stacks import World
from penstock.template.translate import MESSAGE, Translation, translate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.model.component import Component

_SECTIONS = ("producers", "topics", "buses", "queues", "streams", "consumers", "stores", "keys")


class Drawn(Topology):
    """A topology that was drawn from templates, with their resources. ``sampled`` says whether a value of it is one of several."""

    drawn = True
    translation: Translation

    @property
    def sampled(self) -> bool:
        """Whether a number was taken for one that is not known."""
        return self.translation.draft.sampled


def directory_of(topology: Topology) -> Directory:
    """The resources of the templates that a topology was drawn from; none of any other."""
    return topology.translation.directory if isinstance(topology, Drawn) else Directory(World([]))


def draw(world: World, *, high: bool = False) -> Drawn:
    """The topology that some stacks are."""
    translation = translate(world, high=high)
    data: Any = translation.draft.data
    root = YamlOrigin(translation.draft, ((),))
    components = {one.name: one for one in _components(data, translation)}
    if any(True for _ in translation.directory.of(MACHINE)):
        from penstock.template.sagas import sagas  # few templates have any

        components |= {one.name: one for one in sagas(translation)}
    message = Message(
        name=MESSAGE,
        origin=root.child("messages", MESSAGE),
        schema={},
        detail_type=MESSAGE,
    )
    resolver = Resolver(components, {MESSAGE: message})
    drawn = Drawn(
        name=data["name"],
        origin=root,
        components=components.values(),
        connections=list(resolver.connections()),
        messages={MESSAGE: message},
        alarms=AlarmPolicy(origin=root.child("alarms"), thresholds={}),
        tags={},
    )
    drawn.translation = translation
    return drawn


def _components(data: Any, translation: Translation) -> Iterator[Component]:  # noqa: ANN401 - the data of a topology
    for section in _SECTIONS:
        for name, own in (data.get(section) or {}).items():
            implied = "function" if section == "consumers" else None
            kind = kind_of(section, own.get("type", implied))
            entry = Entry.without_defaults(kind.definition, own, YamlOrigin(translation.draft, ((section, name),)))
            yield next(iter(kind.read(name, entry)))
