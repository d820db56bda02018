"""A topology in the making: the data of a topology file, with the place in a template of each part that a template states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from penstock.template.values import Map, Spot, Unknown, is_known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from penstock.source.comments import Suppression
    from penstock.source.text import Span
    from penstock.source.yaml import Document, Route

_TRUTHS = {True: True, False: False, "true": True, "false": False, "True": True, "False": False}


class Part:
    """One mapping of the data, which stands at a route."""

    __slots__ = ("data", "draft", "route")

    def __init__(self, draft: Draft, route: Route, data: dict[str, Any]) -> None:
        self.draft = draft
        self.route = route
        self.data = data

    def put(self, key: str, value: object, spot: Spot | None = None) -> None:
        """Write an entry; one with a place is stated by the template, any other is what AWS does without."""
        self.data[key] = value
        if spot:
            self.draft.places[*self.route, key] = spot

    def part(self, key: str, spot: Spot | None = None) -> Part:
        """The mapping under a key."""
        found = self.data.setdefault(key, {})
        if spot:
            self.draft.places.setdefault((*self.route, key), spot)
        return Part(self.draft, (*self.route, key), found)

    def add(self, key: str, spot: Spot) -> Part:
        """One more mapping in the list under a key."""
        several = self.data.setdefault(key, [])
        several.append({})
        route = (*self.route, key, len(several) - 1)
        self.draft.places[route] = spot
        return Part(self.draft, route, several[-1])


class Draft:
    """The data, and where each part of it stands. ``high`` says which end of its range a number takes that is not known."""

    def __init__(self, documents: Sequence[Document], *, high: bool) -> None:
        """Begin with nothing; ``documents`` are the templates."""
        self.data: dict[str, Any] = {}
        self.places: dict[Route, Spot] = {}
        self.high = high
        self.sampled = False
        self._documents = documents

    def component(self, section: str, name: str, spot: Spot) -> Part:
        """A new component."""
        data: dict[str, Any] = {}
        self.data.setdefault(section, {})[name] = data
        self.places[section, name] = spot
        return Part(self, (section, name), data)

    def number(self, properties: Map, key: str, default: int, ends: tuple[int, int]) -> int:
        """A whole number: as it is stated, or AWS's default; one that is not known is the one end of its range, and then the other."""
        if key not in properties:
            return default
        value = properties[key]
        if is_known(value):
            try:
                return int(str(value))
            except ValueError:
                pass
        self.sampled = True
        return ends[self.high]

    def flag(self, properties: Map, key: str, *, default: bool = False) -> bool:
        """Whether something is switched on."""
        value = properties.get(key, default)
        if value.__class__ in {bool, str} and value in _TRUTHS:
            return _TRUTHS[value]
        if isinstance(value, Unknown):
            self.sampled = True
            return self.high
        return default

    def has(self, route: Route) -> bool:
        """Whether the template states what stands at a route."""
        return route in self.places or (len(route) > 1 and self._inside(route) is not None)

    def _inside(self, route: Route) -> Spot | None:
        """The place of something inside of a value that stands in the topology as it does in the template."""
        for cut in range(len(route) - 1, 0, -1):
            if route[:cut] in self.places:
                value: Any = self.data
                for step in route[:cut]:
                    value = value[step]
                spot = None
                for step in route[cut:]:
                    if not isinstance(value, Map) or step not in value:
                        return None
                    spot, value = value.spot(str(step)), value[str(step)]
                return spot
        return None

    def entry(self, route: Route) -> Span:
        """What carets should mark: the place of the nearest thing that a template states."""
        for cut in range(len(route), 0, -1):
            if spot := self.places.get(route[:cut]) or (self._inside(route[:cut]) if cut > 1 else None):
                return spot.span()
        first = self._documents[0]
        return first.mark(*first.root.value[0])

    value = entry

    def key(self, route: Route) -> Span | None:
        """The same: what is marked is the entry."""
        return self.entry(route)

    def put(self, route: Route, text: str, short: str | None = None) -> None:
        """There is no edit of a template."""
        del route, text, short

    def suppressions(self) -> list[Suppression]:
        """The comments of all templates that silence a finding."""
        return [one for document in self._documents for one in document.suppressions()]

    def mentions(self, text: str) -> bool:
        """No text of a template has variables of the topology language."""
        del text
        return False
