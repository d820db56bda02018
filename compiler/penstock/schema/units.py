"""Amounts with a unit, and the range and step that the schema gives them.

JSON Schema can say how a duration is written but not that it is at most twelve hours, so the schema says that in
`x-minimum`, `x-maximum` and `x-step`, and this module enforces it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from penstock.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

# What one of each unit is worth in the smallest of its kind: milliseconds, bytes, events per hour.
UNITS: Mapping[str, Mapping[str, int]] = {
    "duration": {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000},
    "size": {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30},
    "rate": {"/s": 3_600, "/m": 60, "/h": 1},
}
_DIGITS = "0123456789"
_MOST_DIGITS = 9


def amount(text: str, unit: str) -> int | None:
    """What a text is worth in the smallest unit of its kind; None if it is none of that kind."""
    suffix = text.lstrip(_DIGITS)
    number = text[: len(text) - len(suffix)]
    worth = UNITS[unit].get(suffix)
    return int(number) * worth if worth and 0 < len(number) <= _MOST_DIGITS else None


class Bounds(NamedTuple):
    """What one key's amounts may be. The limits are texts as the schema has them: `0s`, `12h`, `1s`."""

    unit: str
    minimum: str | None = None
    maximum: str | None = None
    step: str | None = None
    source: str | None = None

    @classmethod
    def of(cls, node: Mapping[str, Any]) -> Bounds | None:
        """The bounds that a place of the schema states; None if no amount stands there."""
        if "x-unit" not in node:
            return None
        limits = (node.get(f"x-{name}") for name in ("minimum", "maximum", "step", "source"))
        return cls(node["x-unit"], *limits)

    def fault(self, text: str) -> str | None:
        """What is wrong with an amount that is written as it should be, to follow its name; None if nothing is."""
        value = amount(text, self.unit)
        if value is None:
            return None
        if self.minimum is not None and value < self._worth(self.minimum):
            return f"is {text}, but at least {self.minimum} is needed"
        if self.maximum is not None and value > self._worth(self.maximum):
            return f"is {text}, but at most {self.maximum} is possible"
        if self.step is not None and value % self._worth(self.step):
            return f"is {text}, but only multiples of {self.step} are possible"
        return None

    def _worth(self, limit: str) -> int:
        value = amount(limit, self.unit)
        if value is None:
            raise ValueError(f"the schema gives {limit!r} as a bound of a {self.unit}")
        return value
