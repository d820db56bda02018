"""The schema without what a document does not speak of: to compile the rest of it would cost more than to check a small document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Node: TypeAlias = Any

_SILENT = {"$comment", "default", "description", "examples", "title"}
"""Keywords that decide nothing, as all that begin with ``x-``."""


def keys_of(data: object, most: int) -> frozenset[str] | None:
    """Every key of a document's mappings; ``None`` where it has more than so many values, and a look at each would not pay."""
    keys: set[str] = set()
    todo = [data]
    for value in todo:
        if isinstance(value, Mapping):
            keys.update(key for key in value if isinstance(key, str))
            todo.extend(value.values())
        elif isinstance(value, list):
            todo.extend(value)
        if len(todo) > most:
            return None
    return frozenset(keys)


def narrowed(schema: Mapping[str, Any], keys: frozenset[str]) -> dict[str, Any]:
    """A schema that gives the same verdict on every document with no other keys than these.

    A property says nothing of a mapping without it, so what no mapping has can be left out.
    """
    definitions, met = schema["$defs"], dict[str, Node]()
    todo: list[str] = []
    root = _without(schema, keys, todo)
    while todo:
        reference = todo.pop()
        name = reference.removeprefix("#/$defs/")
        if name not in met:
            met[name] = _without(definitions[name], keys, todo)
    return {**root, "$defs": met}


def _without(node: Node, keys: frozenset[str], references: list[str]) -> Node:
    if isinstance(node, list):
        return [_without(inner, keys, references) for inner in node]
    if not isinstance(node, Mapping):
        return node
    kept: dict[str, Node] = {}
    for word, value in node.items():
        if word == "properties":
            kept[word] = {key: _without(inner, keys, references) for key, inner in value.items() if key in keys}
        elif word == "$ref":
            references.append(value)
            kept[word] = value
        elif word not in _SILENT and word != "$defs" and not word.startswith("x-"):
            kept[word] = value if isinstance(value, str | int) else _without(value, keys, references)
    return kept
