"""Places in a template, as findings want them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.model.origin import Place
from penstock.records import NamedTuple

if TYPE_CHECKING:
    from penstock.source.text import Span
    from penstock.source.yaml import Route
    from penstock.template.values import Spot


class Origin(NamedTuple):
    """The origin of one spot of a template: it is all that there is to mark."""

    spot: Spot

    def span(self, path: Route) -> Span:
        """The spot."""
        del path
        return self.spot.span()

    def states(self, path: Route) -> bool:
        """Nothing more is stated of it."""
        return not path

    def stated(self) -> tuple[str, ...]:
        """No fields."""
        return ()

    def child(self, *path: str | int) -> Origin:
        """The same."""
        del path
        return self

    def put(self, path: Route, text: str, short: str | None = None) -> None:
        """There is no edit of a template."""
        del path, text, short


def place(spot: Spot) -> Place:
    """A spot as a place."""
    return Place(Origin(spot), ())
