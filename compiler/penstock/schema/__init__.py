"""Whether a document is a topology of this language, and if not, why not."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from penstock import resources
from penstock.diagnostics import Diagnostic, ordered
from penstock.schema import ranges
from penstock.schema.definitions import SECTIONS, resolved, type_of
from penstock.schema.narrowing import keys_of, narrowed
from penstock.schema.quick import Validator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from penstock.source.document import Document

__all__ = ["check"]

_SMALL = 2_000
"""Values in a document whose keys are looked through before the schema is compiled."""


def check(document: Document) -> list[Diagnostic]:
    """What keeps a document from being a topology, in the order of the text; empty for a valid one. Nothing is raised.

    A compiled validator accepts what is valid. Only what it refuses is looked at again by the slower one that can explain,
    and of that only the components which are wrong.
    """
    data = document.data
    valid = _is_valid(data)
    found: list[Diagnostic] = []
    if not valid:
        from penstock.schema.explain import explain  # imports jsonschema, which valid input never needs

        found += list(explain(document, _fits)) or [_unexplained(document)]
    knows_defaults = valid or _is_valid(_without_components(data))
    for route, plan, value in ranges.faulty(data):
        from penstock.schema.beyond_ranges import tell

        if knows_defaults or not isinstance(value, dict):  # else nobody can say what a component lacks
            found += tell(document, route, plan, value)
    return ordered(found)


def _is_valid(data: object) -> bool:
    try:
        return _validator(_spoken(data), keys_of(data, _SMALL)).is_valid(data)
    except ValueError:  # text that is no Unicode, or nesting that no topology has
        return False


def _spoken(data: object) -> frozenset[tuple[str, str]]:
    """The parts of the language that a document uses: each key, and each type of component under it."""
    if not isinstance(data, dict):
        return frozenset()
    spoken = {(key, "") for key in data if isinstance(key, str)}
    for section in data.keys() & SECTIONS.keys():
        if isinstance(data[section], dict):
            types = [component.get("type") for component in data[section].values() if isinstance(component, dict)]
            spoken.update((section, type_) for type_ in types if isinstance(type_, str))
    return frozenset(spoken)


@cache
def _validator(spoken: frozenset[tuple[str, str]], keys: frozenset[str] | None) -> Validator:
    """What these parts of the language allow: to compile the rest of it would cost more than to read most topologies."""
    root = resources.schema()
    properties = {key: _narrowed(key, node, spoken) for key, node in root["properties"].items() if (key, "") in spoken}
    schema = {**root, "properties": properties}
    return Validator(schema if keys is None else narrowed(schema, keys))


def _narrowed(key: str, node: Mapping[str, Any], spoken: frozenset[tuple[str, str]]) -> Mapping[str, Any]:
    """A section without the types that nobody uses."""
    kind = resolved(node["additionalProperties"]) if key in SECTIONS else node
    if "allOf" not in kind:
        return node
    rules = [rule for rule in kind["allOf"] if "properties" not in rule["if"] or (key, type_of(rule)) in spoken]
    return {**node, "additionalProperties": {**kind, "allOf": [True, *rules]}}


def _fits(section: str, component: object) -> bool:
    """Whether a component is valid, which it is if a topology of it alone is."""
    return _is_valid({"penstock": 1, "name": "a", section: {"A" if section == "messages" else "a": component}})


def _without_components(data: object) -> object:
    return {key: value for key, value in data.items() if key not in SECTIONS} if isinstance(data, dict) else data


def _unexplained(document: Document) -> Diagnostic:
    from penstock.schema import report

    message = "this is no JSON data: it holds text that is no Unicode, or it is nested too deeply"
    return report.error(report.WRONG_VALUE, message, report.around(document, ()))
