"""The schema as the checks read it: references followed, and the one definition that a component is held against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from penstock import resources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Singular words for the sections that hold components by name.
SECTIONS = {
    "messages": "message",
    "producers": "producer",
    "topics": "topic",
    "buses": "bus",
    "queues": "queue",
    "streams": "stream",
    "consumers": "consumer",
    "stores": "store",
    "keys": "key",
}
_PREFIX = "#/$defs/"


def resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """A node of the schema with its reference followed; what stands beside a reference wins over what it refers to."""
    while "$ref" in node:
        target = resources.schema()["$defs"][node["$ref"].removeprefix(_PREFIX)]
        node = {**target, **{word: value for word, value in node.items() if word != "$ref"}}
    return node


def frame() -> dict[str, Any]:
    """The schema of everything but the components: of each section only that it is a mapping, and its names."""
    root = resources.schema()
    properties = {
        key: {**node, "additionalProperties": True} if key in SECTIONS else node
        for key, node in root["properties"].items()
    }
    keywords = {word: value for word, value in root.items() if word not in {"$schema", "$defs"}}
    return {**keywords, "properties": properties}


def definition(section: str, component: object) -> Mapping[str, Any]:
    """The definition that a component is held against: its kind's, or its type's where the kind has types.

    A type that is missing or unknown leaves the kind's own definition, which knows no key but `type`.
    """
    kind = resolved(resources.schema()["properties"][section]["additionalProperties"])
    types = branches(kind)
    if not types:
        return kind
    name = component.get("type", kind.get("x-default-type")) if isinstance(component, dict) else None
    if isinstance(name, str) and name in types:
        return types[name]
    return {word: value for word, value in kind.items() if word != "allOf"}


def branches(kind: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The definitions of a kind by its types; empty for a kind without types."""
    return {
        rule["if"]["properties"]["type"]["const"]: resolved(rule["then"])
        for rule in kind.get("allOf", ())
        if "properties" in rule["if"]
    }


def site(node: Mapping[str, Any], path: Iterable[str | int]) -> Mapping[str, Any]:
    """The node at the end of a path of schema words, with all that the references on the way say of it."""
    here: Any = resolved(node)
    for word in path:
        here = here[word]
        if isinstance(here, dict):
            here = resolved(here)
    return here  # type: ignore[no-any-return]


def alternatives(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The node itself, or its `anyOf` branches, and theirs."""
    node = resolved(node)
    if "anyOf" not in node:
        yield node
    for branch in node.get("anyOf", ()):
        yield from alternatives(branch)
