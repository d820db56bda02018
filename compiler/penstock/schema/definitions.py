"""The schema as the checks read it: references followed, and the one definition that a component is held against."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from penstock import resources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from penstock.source.yaml import Route

# Singular words for the sections that hold components by name.
SECTIONS = {
    "messages": "message",
    "producers": "producer",
    "topics": "topic",
    "buses": "bus",
    "queues": "queue",
    "streams": "stream",
    "consumers": "consumer",
    "sagas": "saga",
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
    name = None
    if isinstance(component, dict):
        silent = "type" not in component
        name = (_misspelt_type(component, types) or kind.get("x-default-type")) if silent else component["type"]
    if isinstance(name, str) and name in types:
        return types[name]
    return {word: value for word, value in kind.items() if word != "allOf"}


def _misspelt_type(component: Mapping[str, Any], types: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The type that stands at a key which was to be `type`, so that only that key is told and not all that hangs on the type."""
    for key, value in component.items():
        if isinstance(value, str) and value in types and key not in types[value]["properties"]:
            from penstock.schema.suggest import nearest  # only where something is wrong

            return value if nearest(key, ["type"]) else None
    return None


def branches(kind: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The definitions of a kind by its types; empty for a kind without types."""
    return {type_of(rule): resolved(rule["then"]) for rule in kind.get("allOf", ()) if "properties" in rule["if"]}


def type_of(rule: Mapping[str, Any]) -> str:
    """The type that a branch of a kind is about."""
    type_: str = rule["if"]["properties"]["type"]["const"]
    return type_


@cache
def inherited(section: str, type_: str | None) -> frozenset[str]:
    """The keys that a component of a type takes from the defaults of its section: those that mean the same in both."""
    own = definition(section, {} if type_ is None else {"type": type_})["properties"]
    default = resources.schema()["$defs"].get(f"default-{section}", {}).get("properties", {})
    return frozenset(key for key, node in default.items() if key in own and own[key].get("$ref") == node.get("$ref"))


def site(node: Mapping[str, Any], path: Iterable[str | int]) -> Mapping[str, Any]:
    """The node at the end of a path of schema words, with all that the references on the way say of it."""
    here: Any = resolved(node)
    for word in path:
        here = here[word]
        if isinstance(here, dict):
            here = resolved(here)
    return here  # type: ignore[no-any-return]


def described(data: Mapping[str, Any], route: Route) -> Mapping[str, Any] | None:
    """What the schema says of a place of a topology; None where it does not look inside."""
    node: Mapping[str, Any] | None = resources.schema()
    if len(route) > 1 and route[0] in SECTIONS:
        node, route = definition(str(route[0]), data[str(route[0])][route[1]]), route[2:]
    for step in route:
        if node is None:
            return None
        node = next((inner for branch in alternatives(node) if (inner := _inside(branch, step)) is not None), None)
    return node


def _inside(node: Mapping[str, Any], step: str | int) -> Mapping[str, Any] | None:
    inner = node.get("items") if isinstance(step, int) else node.get("properties", {}).get(step)
    if inner is None and isinstance(step, str):
        inner = node.get("additionalProperties")
    return resolved(inner) if isinstance(inner, dict) else None


def alternatives(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The node itself, or its `anyOf` branches, and theirs."""
    node = resolved(node)
    if "anyOf" not in node:
        yield node
    for branch in node.get("anyOf", ()):
        yield from alternatives(branch)
