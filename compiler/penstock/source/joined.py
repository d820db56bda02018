"""Several files as one document: sections are joined, and every place is in the file where it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from penstock.source.text import Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from penstock.source.comments import Suppression
    from penstock.source.editing import Change
    from penstock.source.text import Span
    from penstock.source.yaml import Document, Route

_DEPTHS = {"environments": 4, "defaults": 2}
"""How many levels of keys several files may share the mapping of; of every other section that is the section itself."""
_SECTION = 1
_NAMING = frozenset({"messages", "producers", "topics", "buses", "queues", "consumers", "stores", "keys", "parameters"})
_UNSHARED = frozenset({"penstock", "name", "owner", "description"})


class Joined:
    """The documents of a topology's files as one. It answers what a document of one file does."""

    __slots__ = ("_owners", "data", "documents", "faults")

    def __init__(self, documents: Sequence[Document]) -> None:
        """Join documents, each a mapping; what two of them state is a fault, and of these the first counts."""
        self.documents = documents
        self.data: dict[str, Any] = {}
        self.faults: list[Fault] = []
        self._owners: dict[Route, Document] = {}
        for document in documents:
            for key, value in document.data.items():
                depth = 0 if key in _UNSHARED else _DEPTHS.get(key, _SECTION)
                self._join(self.data, (key,), value, document, depth)

    def _join(self, into: dict[str, Any], route: Route, value: Any, document: Document, depth: int) -> None:  # noqa: ANN401 - the data of a document
        name = str(route[-1])
        if name not in into:
            into[name] = {} if depth and isinstance(value, dict) else value
            self._owners[route] = document
            if not depth or not isinstance(value, dict):
                return
        below = into[name]
        if depth and isinstance(value, dict) and isinstance(below, dict):
            for key, inner in value.items():
                self._join(below, (*route, key), inner, document, depth - 1)
        elif depth and isinstance(below, dict):  # the schema says of the other one what is wrong with it
            into[name] = value
            self._owners[route] = document
        elif not depth or not isinstance(value, dict):
            self.faults.append(self._twice(route, document))

    def _twice(self, route: Route, document: Document) -> Fault:
        *above, name = route
        component = len(above) == 1 and above[0] in _NAMING
        return Fault(
            "REF002",
            f"{name!r} names two things" if component else f"'{'.'.join(map(str, route))}' stands in two files",
            _key(document, route),
            "give one of them another name" if component else "leave it in one of them",
            ((_key(self._owners[route], route), "it stands here too"),),
        )

    def _of(self, route: Route) -> Document:
        """The document that states a route, or the most of it."""
        for length in range(len(route), 0, -1):
            if route[:length] in self._owners:
                return self._owners[route[:length]]
        return self.documents[0]

    def has(self, route: Route) -> bool:
        """Whether there is something at this route."""
        return not route or self._of(route).has(route)

    def key(self, route: Route) -> Span | None:
        """The key at the end of a route; None for the root and for an item of a sequence."""
        return self._of(route).key(route)

    def value(self, route: Route) -> Span:
        """The value at the end of a route; of a section in several files, in the first of these."""
        return self._of(route).value(route)

    def entry(self, route: Route) -> Span:
        """What carets should mark, in the file where it stands."""
        return self._of(route).entry(route)

    def put(self, route: Route, text: str, short: str | None = None) -> Change | None:
        """The edit after which a text stands at a route, in the file where the nearest thing around it stands."""
        return self._of(route).put(route, text, short)

    def suppressions(self) -> list[Suppression]:
        """Those of all files; each covers a part of its own file."""
        return [suppression for document in self.documents for suppression in document.suppressions()]

    def mentions(self, text: str) -> bool:
        """Whether a text stands anywhere in one of the files."""
        return any(document.mentions(text) for document in self.documents)


def _key(document: Document, route: Route) -> Span:
    return document.key(route) or document.entry(route)
