"""What every later phase asks of a document, of however many files and overlays it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from penstock.source.comments import Suppression
    from penstock.source.editing import Change
    from penstock.source.text import Span
    from penstock.source.yaml import Route


class Document(Protocol):
    """Plain data, and where each part of it stands. `source.yaml.Document` says what each question means."""

    @property
    def data(self) -> Any:  # noqa: ANN401 - the data of a document
        """The data."""
        ...

    def has(self, route: Route) -> bool:
        """Whether there is something at this route."""
        ...

    def key(self, route: Route) -> Span | None:
        """The key at the end of a route."""
        ...

    def value(self, route: Route) -> Span:
        """The value at the end of a route."""
        ...

    def entry(self, route: Route) -> Span:
        """What carets should mark."""
        ...

    def put(self, route: Route, text: str, short: str | None = None) -> Change | None:
        """The edit after which a text stands at a route."""
        ...

    def suppressions(self) -> list[Suppression]:
        """The comments that silence a finding."""
        ...

    def mentions(self, text: str) -> bool:
        """Whether a text stands anywhere in the document."""
        ...
