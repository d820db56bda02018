"""JSON Schema files that messages name: JSON, or YAML where the name says so, read from disk alone and each once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from penstock.source.text import Fault, Source, Span, read_source

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from penstock.source.yaml import Document

NO_SCHEMA = "REF008"
MAX_DEPTH = 100
_ENDINGS = (".yaml", ".yml")


class SchemaFile:
    """A file and its data, or the faults that keep it from being a schema.

    ``found`` is false where there is no text to point into: then the place of a fault is where the file was named.
    """

    __slots__ = ("_document", "data", "faults", "found", "source")

    def __init__(
        self,
        source: Source,
        data: Any = None,  # noqa: ANN401 - JSON
        faults: Sequence[Fault] = (),
        *,
        found: bool = True,
    ) -> None:
        """Hold what was read."""
        self.source = source
        self.data = data
        self.faults = list(faults)
        self.found = found
        self._document: Document | None = None

    def span(self, route: tuple[str | int, ...]) -> Span:
        """What carets mark for something in the file; its start where the place cannot be told."""
        if self._document is None:
            from penstock.source.yaml import parse  # a place is wanted only of what is wrong

            # In JSON a tab is never part of a string, and YAML takes it for no space.
            text = self.source.text if _is_yaml(self.source.path) else self.source.text.replace("\t", " ")
            self._document = parse(Source(self.source.path, text))[0]
        if self._document is None:
            return Span(self.source, 0, 0)
        marked = self._document.entry(route)
        return Span(self.source, marked.start, marked.end)


class SchemaFiles:
    """The schema files of one topology, by their path relative to the folder that it lies in."""

    def __init__(self, home: Path) -> None:
        """Read below ``home``."""
        self.home = home
        self._read: dict[str, SchemaFile] = {}

    def __call__(self, name: str) -> SchemaFile:
        """The file of that name."""
        if name not in self._read:
            self._read[name] = read_schema_file(self.home / name, name)
        return self._read[name]

    def paths(self) -> list[Path]:
        """Every file that was asked for."""
        return [self.home / name for name in self._read]


def read_schema_file(path: Path, shown: str) -> SchemaFile:
    """The JSON object in a file; never raises for what a file may hold. ``shown`` is its name where it cannot be read."""
    source, faults = read_source(path)
    if source is None:
        in_text = [fault for fault in faults if fault.span.source.text]
        named = faults if in_text else read_source(path, shown)[1]
        return SchemaFile(faults[0].span.source, None, named, found=bool(in_text))
    value, faults = _yaml(source) if _is_yaml(source.path) else _json(source)
    if not faults and not isinstance(value, dict):
        faults = [Fault(NO_SCHEMA, f"{shown!r} holds no JSON object", Span(source, 0, 1))]
    return SchemaFile(source, value if isinstance(value, dict) else None, faults)


def _is_yaml(name: str) -> bool:
    return name.endswith(_ENDINGS)


def _yaml(source: Source) -> tuple[Any, list[Fault]]:
    from penstock.source.yaml import parse

    document, faults = parse(source)
    return (None if document is None else document.data), faults


def _json(source: Source) -> tuple[Any, list[Fault]]:
    import json

    try:
        value = json.loads(source.text)
    except json.JSONDecodeError as error:
        at = min(error.pos, len(source.text))
        return None, [
            Fault(NO_SCHEMA, f"this is not JSON: {error.msg}", Span(source, at, min(at + 1, len(source.text))))
        ]
    except (RecursionError, ValueError):  # a ValueError is a number of more digits than Python reads
        return None, [_unreadable(source)]
    return (None, [_unreadable(source)]) if _is_deep(value) else (value, [])


def _unreadable(source: Source) -> Fault:
    message = f"this is nested deeper than {MAX_DEPTH} levels, or it holds a number that is too long"
    return Fault(NO_SCHEMA, message, Span(source, 0, 1))


def _is_deep(value: Any) -> bool:  # noqa: ANN401 - JSON
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for each in level for child in _children(each)]
        if not level:
            return False
    return True


def _children(value: Any) -> Collection[Any]:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
