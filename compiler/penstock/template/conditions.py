"""Which deployments of a template there can be: the ones whose conditions differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from penstock.template.values import Items, Map, Text, Unknown, joined, plain, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_DEPLOYMENTS = 8
_OTHERWISE = "any other value"


class Conditions:
    """The conditions of a template, for given values of its parameters. What cannot be worked out is taken to be ``unsettled``."""

    def __init__(self, declared: Map, values: Mapping[str, Any], *, unsettled: bool) -> None:
        """Work out ``declared``, in which parameters stand as ``Unknown`` of their name."""
        self._declared = declared
        self._values = values
        self._unsettled = unsettled
        self.found: dict[str, bool] = {}
        for name in declared:
            self._truth(name, ())

    def _truth(self, name: str, around: tuple[str, ...]) -> bool:
        if name not in self.found:
            truth = None
            if name in self._declared and name not in around:
                truth = self._of(self._declared[name], (*around, name))
            self.found[name] = self._unsettled if truth is None else truth
        return self.found[name]

    def _of(self, said: object, around: tuple[str, ...]) -> bool | None:
        if not isinstance(said, Map) or len(said) != 1:
            return None
        (word, value), *_ = said.items()
        if word == "Condition":
            return self._truth(str(value), around)
        if not isinstance(value, Items):
            return None
        match word:
            case "Fn::Equals":
                return self._equal(value)
            case "Fn::Not":
                truth = self._of(value[0], around) if value else None
                return None if truth is None else not truth
            case "Fn::And" | "Fn::Or":
                return _all([self._of(one, around) for one in value], word == "Fn::And")
            case _:
                return None

    def _equal(self, pair: Items) -> bool | None:
        if len(pair) != 2:  # noqa: PLR2004 - two sides
            return None
        left, right = (written(self._settled(one)) for one in pair)
        if left is None or right is None:
            return None
        if left == right:
            return True
        return None if "${" in left + right else False

    def _settled(self, value: object) -> object:
        if isinstance(value, Unknown):
            return self._values.get(value.name, value)
        if isinstance(value, Text):
            return joined([self._settled(part) for part in value.parts])
        return value


def _all(truths: list[bool | None], wanted: bool) -> bool | None:  # noqa: FBT001 - what one that decides is not
    if (not wanted) in truths:
        return not wanted
    return None if None in truths else wanted


def choices(declared: Map, parameters: Mapping[str, Any], allowed: Mapping[str, list[str]]) -> list[Mapping[str, Any]]:
    """Values of parameters (and of what AWS says) for the deployments that differ in a condition: first the usual one, without any.

    A deployment differs from the usual one in one parameter alone, so that each of them can be.
    """
    compared: dict[str, list[str]] = {}
    for left, right in _comparisons(declared):
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Unknown) and not isinstance(other, Unknown):
                compared.setdefault(one.name, []).append(str(plain(other)))
    found: list[Mapping[str, Any]] = [{}]
    for name, literals in compared.items():
        candidates = allowed.get(name) or [*literals, _OTHERWISE]
        usual = parameters.get(name)
        found += [{name: one} for one in dict.fromkeys(candidates) if one != plain(usual)]
    return found


def _comparisons(said: object) -> Iterator[tuple[object, object]]:
    if isinstance(said, Map):
        pair = said.get("Fn::Equals")
        if isinstance(pair, Items) and len(pair) == 2:  # noqa: PLR2004 - two sides
            yield pair[0], pair[1]
        for one in said.values():
            yield from _comparisons(one)
    elif isinstance(said, Items):
        for one in said:
            yield from _comparisons(one)
