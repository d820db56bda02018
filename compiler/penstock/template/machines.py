"""State machines of a template: their definitions, wherever these stand, and the states in them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from penstock.records import NamedTuple
from penstock.source.text import Source, read_source
from penstock.source.yaml import parse
from penstock.template.evaluate import Scope, TooMuchError
from penstock.template.values import Items, Map, Spot, Text, joined, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from penstock.template.stacks import Resource, World

_INLINE = ("Definition", "DefinitionString")
_FILES = ("DefinitionUri", "DefinitionS3Location")
_VARIABLE = re.compile(r"\$\{([A-Za-z0-9.]+)\}")
_BARE = re.compile(r"([:,\[]\s*)(\$\{[A-Za-z0-9.]+\})(?=\s*[,}\]])")
_NESTED = ("Iterator", "ItemProcessor")


class Definition(NamedTuple):
    """A machine's definition. One that stands as a text of the template has the place of that text."""

    said: Map
    text: Spot | None


class State(NamedTuple):
    """A state with its name and its place."""

    name: str
    said: Map
    spot: Spot


def is_express(machine: Resource) -> bool | None:
    """Whether a machine is EXPRESS; ``None`` where that is not known."""
    key = "StateMachineType" if machine.owner is None else "Type"
    text = written(machine.properties.get(key, "STANDARD"))
    return None if text is None or "${" in text else text == "EXPRESS"


def states(machine: Resource, world: World) -> Iterator[State]:
    """All states of a machine, those of its branches too; none where the definition is not known."""
    found = definition(machine, world)
    if found is not None:
        yield from _states(found.said, found.text)


def is_hidden(machine: Resource, world: World) -> bool:
    """Whether a machine says where its definition is, and it cannot be read."""
    stated = any(key in machine.properties for key in (*_INLINE, *_FILES))
    return stated and definition(machine, world) is None


def definition(machine: Resource, world: World) -> Definition | None:
    """What a machine's definition says, which is worked out once; ``None`` where that is not known."""
    key = machine.stack, machine.id
    if key not in world.definitions:
        world.definitions[key] = _definition(machine, world)
    found: Definition | None = world.definitions[key]
    return found


def _definition(machine: Resource, world: World) -> Definition | None:
    own = machine.properties
    given: dict[str, Any] = dict(own.part("DefinitionSubstitutions"))
    for key in _INLINE:
        found = own.get(key)
        if isinstance(found, Map):
            return Definition(_filled(found, given) if given else found, None)
        if found is not None:
            parsed = _parsed(found, key, given)
            return Definition(parsed, own.spot(key)) if parsed is not None else None
    for key in _FILES:
        place = own.get(key)
        if isinstance(place, str) and "://" not in place:
            read = _read(world.stacks[machine.stack].template.path.parent / place, given)
            return Definition(read, None) if read is not None else None
    return None


def _parsed(said: object, name: str, given: dict[str, Any]) -> Map | None:
    """A definition that stands as text in JSON; what the text has in it of resources is put back as what it was."""
    text = ""
    for number, part in enumerate(said.parts if isinstance(said, Text) else (said,)):
        if isinstance(part, str):
            text += part
        else:
            given[f"part.{number}"] = part
            text += f"${{part.{number}}}"
    for one in (text, _quoted(text)):
        try:
            json.loads(one)
        except ValueError:
            continue
        return _composed(Source(name, one), given)
    return None


def _read(path: Path, given: dict[str, Any]) -> Map | None:
    """A definition in a file beside the template."""
    source, _ = read_source(path) if path.is_file() else (None, [])
    if source is None:
        return None
    return _composed(source, given) or _composed(Source(source.path, _quoted(source.text)), given)


def _quoted(text: str) -> str:
    """A text in which variables stand that are no text themselves, as numbers do."""
    return _BARE.sub(r'\1"\2"', text)


def _composed(source: Source, given: dict[str, Any]) -> Map | None:
    document, faults = parse(source, tagged=True)
    if document is None or faults:
        return None
    try:
        found = Scope(0, document, frozenset(), {}, None, {}).value(document.root)
    except TooMuchError:
        return None
    return _filled(found, given) if isinstance(found, Map) else None


def _filled(value: Any, given: dict[str, Any]) -> Any:  # noqa: ANN401 - a value of a template
    """A value with the variables put in that a machine gives its definition."""
    if isinstance(value, Map):
        found = Map(value.document)
        for key, one in value.items():
            found.put(key, _filled(one, given), value.nodes[key])
        return found
    if isinstance(value, Items):
        items = Items(value.document)
        for one, node in zip(value, value.nodes, strict=True):
            items.put(_filled(one, given), node)
        return items
    if not isinstance(value, str | Text) or not given:
        return value
    parts: list[Any] = []
    for part in value.parts if isinstance(value, Text) else (value,):
        parts += _pieces(part, given) if isinstance(part, str) else [part]
    return parts[0] if len(parts) == 1 else joined(parts)


def _pieces(text: str, given: dict[str, Any]) -> list[Any]:
    """A text, with values in place of variables."""
    found: list[Any] = []
    end = 0
    for match in _VARIABLE.finditer(text):
        if match[1] in given:
            found += [text[end : match.start()], given[match[1]]]
            end = match.end()
    return [one for one in [*found, text[end:]] if one != ""] or [""]


def _states(definition_: Map, spot: Spot | None, depth: int = 0) -> Iterator[State]:
    several = definition_.part("States")
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
