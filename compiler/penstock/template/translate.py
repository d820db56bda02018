"""From resources to the data of a topology. Whatever a template leaves out is written as AWS does without, never as Penstock would."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from penstock.template.channels import BUS, CHANNELS, DEFAULT_BUS
from penstock.template.directory import Directory
from penstock.template.draft import Draft, Part
from penstock.template.values import written

if TYPE_CHECKING:
    from penstock.template.stacks import Resource, World
    from penstock.template.values import Spot

MESSAGE = "AnyMessage"
"""What a template knows of what travels."""


class Translation:
    """Resources on their way to components."""

    def __init__(self, world: World, *, high: bool) -> None:
        """Begin with nothing."""
        self.world = world
        self.directory = Directory(world)
        documents = list({id(stack.template.document): stack.template.document for stack in world.stacks}.values())
        self.draft = Draft(documents, high=high)
        self.draft.data |= {"name": "template", "messages": {MESSAGE: {"schema": {}}}}
        self.parts: dict[tuple[int, str], Part] = {}
        self.names: dict[tuple[int, str], str] = {}
        self._taken: set[str] = set()
        self._outside: dict[tuple[str, str], str] = {}

    def name(self, wanted: str) -> str:
        """A name that nothing else has; a slash would mean something of another topology."""
        name = wanted = wanted.replace("/", "-") or "unnamed"
        number = 1
        while name in self._taken:
            number += 1
            name = f"{wanted}-{number}"
        self._taken.add(name)
        return name

    def wanted(self, section: str, resource: Resource) -> str:
        """What a component should be called: as the template calls it."""
        del section
        return resource.id

    def component(self, section: str, resource: Resource) -> Part:
        """The component of a resource."""
        name = self.name(self.wanted(section, resource))
        part = self.draft.component(section, name, resource.spot)
        self.parts[resource.stack, resource.id] = part
        self.names[resource.stack, resource.id] = name
        return part

    def part_of(self, resource: Resource | None) -> Part | None:
        """The component that was made of a resource."""
        return self.parts.get((resource.stack, resource.id)) if resource else None

    def name_of(self, resource: Resource | None) -> str | None:
        """Its name."""
        return self.names.get((resource.stack, resource.id)) if resource else None

    def outside(self, section: str, kind: str, value: object, spot: Spot) -> str:
        """The name of something that no template here makes."""
        text = written(value) or "elsewhere"
        if (section, text) not in self._outside:
            name = self.name(_label(text))
            part = self.draft.component(section, name, spot)
            part.put("existing", text)
            if kind:
                part.put("type", kind)
            self._outside[section, text] = name
        return self._outside[section, text]

    def queue(self, value: object, spot: Spot) -> str:
        """The queue that a value means, here or elsewhere."""
        found = self.directory.find(value, "sqs")
        return (found and self.name_of(found)) or self.outside("queues", "", self.world.settled(value), spot)

    def bus(self, value: object, spot: Spot) -> str:
        """The bus that a value means: the account's own if none is named."""
        settled = self.world.settled(value)
        text = written(settled)
        if value is None or text == DEFAULT_BUS or (text or "").endswith(f":event-bus/{DEFAULT_BUS}"):
            buses = self.draft.data.setdefault("buses", {})
            if DEFAULT_BUS not in buses:
                self._taken.add(DEFAULT_BUS)
                self.draft.component("buses", DEFAULT_BUS, spot)
            return DEFAULT_BUS
        found = self.directory.find(value, "events")
        if found and found.type == BUS and (name := self.name_of(found)):
            return name
        return self.outside("buses", "", settled, spot)


def _label(text: str) -> str:
    """A name for what has only an ARN, a parameter or an export."""
    end = re.split(r"[:/]", text.removesuffix("}").rstrip(":/"))[-1]
    return re.sub(r"[^A-Za-z0-9._-]+", "-", re.sub(r"\$\{(export\.)?", "", end)).strip("-.") or "elsewhere"


def translate(world: World, *, high: bool = False) -> Translation:
    """The data of a topology."""
    translation = Translation(world, high=high)
    fill(translation)
    return translation


def fill(translation: Translation) -> None:
    """Read all resources: first what stands by itself, then what joins it."""
    from penstock.template.deliveries import DELIVERIES
    from penstock.template.functions import FUNCTIONS

    for readers in (CHANNELS, FUNCTIONS, DELIVERIES):
        for resource in translation.directory.resources:
            reader = readers.get(resource.type)
            if reader:
                reader(translation, resource)
