"""Whether a document is a topology of this language, and if not, why not."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import jsonschema_rs

from penstock import resources
from penstock.diagnostics import Diagnostic, ordered
from penstock.schema import ranges
from penstock.schema.definitions import SECTIONS

if TYPE_CHECKING:
    from penstock.source.document import Document

__all__ = ["check"]


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


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(resources.schema())


def _is_valid(data: object) -> bool:
    try:
        return _validator().is_valid(data)
    except ValueError:  # text that is no Unicode, or nesting that no topology has
        return False


def _fits(section: str, component: object) -> bool:
    """Whether a component is valid, which it is if a topology of it alone is."""
    return _is_valid({"penstock": 1, "name": "a", section: {"A" if section == "messages" else "a": component}})


def _without_components(data: object) -> object:
    return {key: value for key, value in data.items() if key not in SECTIONS} if isinstance(data, dict) else data


def _unexplained(document: Document) -> Diagnostic:
    from penstock.schema import report

    message = "this is no JSON data: it holds text that is no Unicode, or it is nested too deeply"
    return report.error(report.WRONG_VALUE, message, report.around(document, ()))
