"""Overlays: what is different in one environment, merged over the document, with the place of everything still known."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from penstock.diagnostics import Diagnostic, Severity
from penstock.model.merging import adds, merged
from penstock.schema.definitions import SECTIONS

if TYPE_CHECKING:
    from penstock.source.comments import Suppression
    from penstock.source.document import Document
    from penstock.source.editing import Change
    from penstock.source.text import Span
    from penstock.source.yaml import Route

NO_SUCH_THING = "ENV001"
NO_SUCH_ENVIRONMENT = "ENV002"
_NAMED = {**SECTIONS, "imports": "import"}
_CHANGEABLE = frozenset({*_NAMED, "defaults", "alarms", "tags"})
"""What an overlay is merged over; the schema refuses any other key in it but the environment's own."""


class Overlaid:
    """A document with the overlay of one environment, or of none, over it, and without the components that other environments have.

    Of a value that the overlay states the place is in the overlay; of a mapping that both state it is the one that was there first.
    """

    __slots__ = ("_below", "_over", "_prefix", "data")

    def __init__(self, document: "Document", environment: str | None) -> None:
        """Merge the overlay of an environment over a document; a part of it that is no mapping is left to the schema."""
        self._below = document
        self._prefix: Route = ("environments", environment or "")
        overlay = _mapping(_mapping(document.data.get("environments")).get(environment))
        self._over = {key: value for key, value in overlay.items() if key in _CHANGEABLE}
        self.data = _without_others(_without_removed(merged(document.data, self._over), self._over), environment)

    def has(self, route: "Route") -> bool:
        """Whether there is something at this route."""
        data: Any = self.data
        for step in route:
            try:
                data = data[step]
            except (KeyError, IndexError, TypeError):
                return False
        return True

    def written(self, route: "Route") -> "Route":
        """Where in the document a route stands: in the overlay, or at the route itself."""
        over: Any = self._over
        below: Any = self._below.data
        for step in route:
            if not isinstance(over, Mapping) or step not in over:
                return route
            both = isinstance(below, Mapping) and step in below
            if not both or not _goes_on(step, below[step], over[step]):
                return self._prefix + route
            over, below = over[step], below[step]
        return route

    def key(self, route: "Route") -> "Span | None":
        """The key at the end of a route."""
        return self._below.key(self.written(route))

    def value(self, route: "Route") -> "Span":
        """The value at the end of a route."""
        return self._below.value(self.written(route))

    def entry(self, route: "Route") -> "Span":
        """What carets should mark."""
        return self._below.entry(self.written(route))

    def put(self, route: "Route", text: str, short: str | None = None) -> "Change | None":
        """The edit after which a text stands at a route: in the overlay where that has a say, else in the document."""
        return self._below.put(self.written(route), text, short)

    def suppressions(self) -> "list[Suppression]":
        """Those of the document."""
        return self._below.suppressions()

    def mentions(self, text: str) -> bool:
        """Whether a text stands anywhere in the document."""
        return self._below.mentions(text)


def _goes_on(step: str | int, below: Any, over: Any) -> bool:  # noqa: ANN401 - the data of a document
    return isinstance(over, Mapping) and isinstance(below, Mapping) and adds(str(step), below, over)


def _mapping(value: Any) -> Mapping[Any, Any]:  # noqa: ANN401 - the data of a document
    return value if isinstance(value, Mapping) else {}


def _without_removed(data: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """What an overlay says null to: a section, or something of one, such as a component, a message or a tag."""
    for section, parts in over.items():
        if parts is None:
            data.pop(section, None)
        elif isinstance(parts, Mapping) and None in parts.values():
            data[section] = {name: value for name, value in data[section].items() if parts.get(name, value) is not None}
    return data


def _without_others(data: dict[str, Any], environment: str | None) -> dict[str, Any]:
    """What ``only_in`` leaves to other environments."""
    for section in SECTIONS:
        parts = data.get(section)
        if isinstance(parts, dict) and any(_only_in(part) is not None for part in parts.values()):
            data[section] = {
                name: part
                for name, part in parts.items()
                if (chosen := _only_in(part)) is None or (environment is not None and environment in chosen)
            }
    return data


def _only_in(part: Any) -> list[Any] | None:  # noqa: ANN401 - the data of a document
    chosen = part.get("only_in") if isinstance(part, Mapping) else None
    return chosen if isinstance(chosen, list) else None


def names(document: "Document") -> list[str]:
    """The environments of a document, in the order they are written."""
    return [str(name) for name in _mapping(_mapping(document.data).get("environments"))]


def unknown(document: "Document", environment: str | None) -> Iterator[Diagnostic]:
    """Whatever names an environment, or a thing that an overlay changes, and is not there."""
    known = names(document)
    if environment is not None and environment not in known:
        text = f"topology {document.data.get('name', '')!r} has no environment {environment!r}"
        yield _error(NO_SUCH_ENVIRONMENT, text, document.entry(("environments",)), _meant(environment, known))
    for section in SECTIONS:
        for name, part in _mapping(document.data.get(section)).items():
            for number, chosen in enumerate(_only_in(part) or ()):
                if chosen not in known:
                    text = f"{SECTIONS[section]} {name!r} is only in environment {chosen!r}, which there is not"
                    span = document.value((section, name, "only_in", number))
                    yield _error(NO_SUCH_ENVIRONMENT, text, span, _meant(str(chosen), known))
    if environment in known:
        yield from _unknown_things(document, environment or "")


def _unknown_things(document: "Document", environment: str) -> Iterator[Diagnostic]:
    overlay = _mapping(document.data["environments"][environment])
    for section, word in _NAMED.items():
        here = _mapping(document.data.get(section))
        for name in _mapping(overlay.get(section)):
            route = ("environments", environment, section, name)
            span = document.key(route) or document.entry(route)
            if name not in here:
                text = f"environment {environment!r} changes {word} {name!r}, which there is not"
                meant = _meant(name, here) or _another_place(document, section, name, environment)
                yield _error(NO_SUCH_THING, text, span, meant)
            elif environment not in (chosen := _only_in(here[name]) or [environment]):
                text = f"environment {environment!r} changes {word} {name!r}, which is only in {chosen[0]!r}"
                yield _error(NO_SUCH_THING, text, span, f"add {environment!r} to its `only_in`, or leave this out")


def _another_place(document: "Document", section: str, name: str, environment: str) -> str:
    if section == "imports":
        return "what only one environment uses is imported in all of them"
    for other in SECTIONS:
        if name in _mapping(document.data.get(other)):
            return f"it stands under `{other}`"
    return f"what only this environment has stands with the others, with `only_in: [{environment}]`"


def _meant(name: str, known: Mapping[str, Any] | list[str]) -> str | None:
    from difflib import get_close_matches  # a topology whose names are right pays nothing for it

    near = get_close_matches(name, known, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"there are {', '.join(map(repr, known))}" if isinstance(known, list) and known else None


def _error(code: str, text: str, span: "Span", help_: str | None) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, text, span, help_)
