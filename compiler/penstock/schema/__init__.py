"""Whether a document is a topology of this language, and if not, why not."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import jsonschema_rs

from penstock import resources
from penstock.diagnostics import Diagnostic, ordered
from penstock.schema import ranges

if TYPE_CHECKING:
    from penstock.source.yaml import Document, Route

__all__ = ["check"]


def check(document: Document) -> list[Diagnostic]:
    """What keeps a document from being a topology, in the order of the text; empty for a valid one. Nothing is raised.

    A compiled validator accepts what is valid. Only what it refuses is looked at again by the slower one that can explain,
    and of that only the components which are wrong.
    """
    suspects: set[Route] | None = set() if _is_valid(document.data) else _suspects(document.data)
    found: list[Diagnostic] = []
    if suspects != set():
        from penstock.schema.explain import explain  # imports jsonschema, which valid input never needs

        found += list(explain(document, suspects)) or [_unexplained(document)]
    for route, plan, value in ranges.faulty(document.data):
        from penstock.schema.beyond_ranges import tell

        if not isinstance(value, dict) or _knows_defaults(suspects):
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


def _suspects(data: object) -> set[Route] | None:
    """The components that are wrong, as section and name; None if that cannot be said."""
    try:
        return {tuple(error.instance_path[:2]) for error in _validator().iter_errors(data)}
    except ValueError:
        return None


def _knows_defaults(suspects: set[Route] | None) -> bool:
    """Whether the defaults are in order; if not, nobody can say what a component lacks."""
    return suspects is not None and not any(route[:1] in {(), ("defaults",)} for route in suspects)


def _unexplained(document: Document) -> Diagnostic:
    from penstock.schema import report

    message = "this is no JSON data: it holds text that is no Unicode, or it is nested too deeply"
    return report.error(report.WRONG_VALUE, message, report.around(document, ()))
