"""What to say of values that are out of range, and of keys that neither a component nor its defaults have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.schema import report, suggest, wording
from penstock.schema.definitions import resolved
from penstock.schema.ranges import missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.diagnostics import Diagnostic
    from penstock.schema.ranges import Plan
    from penstock.schema.units import Bounds
    from penstock.source.document import Document
    from penstock.source.yaml import Route


def tell(document: Document, route: Route, plan: Plan, value: object) -> Iterator[Diagnostic]:
    """The diagnostics for a value that a plan does not take."""
    match value:
        case dict():
            yield from _missing(document, route, plan, value)
        case float():
            yield _broken_number(document, route, value)
        case str() if plan.bounds is not None:
            yield _out_of_range(document, route, plan.bounds, value)


def _missing(document: Document, route: Route, plan: Plan, value: dict[str, object]) -> Iterator[Diagnostic]:
    for key in missing(document.data, route, plan, value):
        if suggest.misspelt(key, value, plan.known) is None:
            yield report.missing(document, route, key, resolved(plan.required[key]))


def _broken_number(document: Document, route: Route, value: float) -> Diagnostic:
    message = f"{wording.subject(route)} is {value}, but a whole number is expected"
    return report.error("SCH003", message, document.value(route), f"write {int(value)}")


def _out_of_range(document: Document, route: Route, bounds: Bounds, value: str) -> Diagnostic:
    message = f"{wording.subject(route)} {bounds.fault(value)}"
    return report.error("SCH005", message, document.value(route), wording.limit_source(bounds.source))
