"""State machines of a template: their definitions, wherever these stand, and the states in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from penstock.records import NamedTuple
from penstock.source.text import Source, read_source
from penstock.source.yaml import parse
from penstock.template.evaluate import Scope, TooMuchError
from penstock.template.values import Map, Spot, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from penstock.template.stacks import Resource, World

_INLINE = ("Definition", "DefinitionString")
_FILES = ("DefinitionUri", "DefinitionS3Location")
_NESTED = ("Iterator", "ItemProcessor")


class State(NamedTuple):
    """A state with its name and its place."""

    name: str
    said: Map
    spot: Spot

    @property
    def resource(self) -> str:
        """What a task calls, as far as it is known."""
        return written(self.said.get("Resource")) or ""

    def bounded(self, *keys: str) -> bool:
        """Whether one of these bounds is stated, as a number or as a path."""
        return any(key in self.said for name in keys for key in (name, f"{name}Path"))


def is_express(machine: Resource) -> bool | None:
    """Whether a machine is EXPRESS; ``None`` where that is not known."""
    key = "StateMachineType" if machine.owner is None else "Type"
    text = written(machine.properties.get(key, "STANDARD"))
    return None if text is None or "${" in text else text == "EXPRESS"


def states(machine: Resource, world: World) -> Iterator[State]:
    """All states of a machine, those of its branches too; none where the definition is not known."""
    definition, spot = _definition(machine, world)
    if definition is not None:
        yield from _states(definition, spot)


def _definition(machine: Resource, world: World) -> tuple[Map | None, Spot | None]:
    """A machine's definition; where it stands as a text, or elsewhere, all of it stands in one place of the template."""
    own = machine.properties
    for key in _INLINE:
        found = own.get(key)
        if isinstance(found, Map):
            return found, None
        if found is not None and (text := written(found)):
            return _parsed(text, own.document, key), own.spot(key)
    for key in _FILES:
        place = own.get(key)
        if isinstance(place, str) and "://" not in place:
            return _read(world.stacks[machine.stack].template.path.parent / place), None
    return None, None


def _parsed(text: str, document: Any, name: str) -> Map | None:  # noqa: ANN401 - the document of a template
    """A definition that stands as text, in YAML or in JSON."""
    try:
        json.loads(text)
    except ValueError:
        return None
    return _composed(Source(name, text)) if document else None


def _read(path: Path) -> Map | None:
    """A definition in a file beside the template."""
    source, _ = read_source(path)
    return _composed(source) if source else None


def _composed(source: Source) -> Map | None:
    document, faults = parse(source, tagged=True)
    if document is None or faults:
        return None
    try:
        found = Scope(0, document, frozenset(), {}, None, {}).value(document.root)
    except TooMuchError:
        return None
    return found if isinstance(found, Map) else None


def _states(definition: Map, spot: Spot | None, depth: int = 0) -> Iterator[State]:
    several = definition.part("States")
    for name in several:
        said = several.part(name)
        yield State(name, said, spot or several.spot(name))
        if depth > 20:  # noqa: PLR2004 - nobody nests that deep
            continue
        for branch, _ in said.items_of("Branches"):
            if isinstance(branch, Map):
                yield from _states(branch, spot, depth + 1)
        for key in _NESTED:
            yield from _states(said.part(key), spot, depth + 1)
