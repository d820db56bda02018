"""Diagnostics of the schema check: their codes, and the places that they mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from penstock.diagnostics import Diagnostic, Edit, Fix, Severity
from penstock.records import NamedTuple
from penstock.schema import wording

if TYPE_CHECKING:
    from collections.abc import Mapping

    from penstock.source.document import Document
    from penstock.source.text import Span
    from penstock.source.yaml import Route


class Violation(NamedTuple):
    """What `jsonschema` found: at `route` stands `value`, of which the schema's `keyword` with its `limit` is not true.

    `node` is the schema's place of the value with all that references say of it, `holder` the very object that the keyword
    stands in. Where the value could be of several shapes, `choice` is the place that offers them. For a name (`is_name`) the
    route ends in it.
    """

    document: Document
    route: Route
    value: Any
    keyword: str
    limit: Any
    node: Mapping[str, Any]
    holder: Mapping[str, Any]
    choice: Mapping[str, Any] | None
    is_name: bool

    @property
    def subject(self) -> str:
        """What a message about the value begins with."""
        return wording.subject(self.route)

    @property
    def span(self) -> Span:
        """What marks the value; of a name, the key."""
        if self.is_name:
            return at_key(self.document, self.route)
        return at_value(self.document, self.route, self.value)


UNKNOWN_KEY = "SCH001"
NOT_BUILT = "SCH002"
WRONG_VALUE = "SCH003"
MISSING_KEY = "SCH004"
OUT_OF_RANGE = "SCH005"
BAD_NAME = "SCH006"


def error(code: str, message: str, span: Span, help_: str | None = None, fix: Fix | None = None) -> Diagnostic:
    """A diagnostic of this package: always an error, because nothing later can read such a topology."""
    return Diagnostic(code, Severity.ERROR, message, span, help_, fix=fix)


def missing(document: Document, route: Route, key: str, node: Mapping[str, Any]) -> Diagnostic:
    """A mapping lacks a key that it needs; `node` is the schema's place of that key."""
    message = f"{wording.subject(route)} has no '{key}'"
    return error(MISSING_KEY, message, around(document, route), wording.addition(key, node))


def around(document: Document, route: Route) -> Span:
    """What marks a mapping as a whole: its key; of the topology itself, its first key."""
    if not route and isinstance(document.data, dict) and document.data:
        return document.entry((next(iter(document.data)),))
    return document.entry(route)


def at_value(document: Document, route: Route, value: object) -> Span:
    """What marks a value: itself if it is a scalar that is written out, else its entry."""
    return document.entry(route) if isinstance(value, (dict, list)) or value is None else document.value(route)


def at_key(document: Document, route: Route) -> Span:
    """What marks a key."""
    return document.key(route) or document.entry(route)


def replace(span: Span, replacement: str, *, safe: bool) -> Fix:
    """The fix that puts one text in the place of another; safe if it cannot be meant otherwise."""
    return Fix(f"write {replacement}", (Edit(span, replacement),), safe)
