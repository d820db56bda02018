"""Which amount somebody meant who wrote `14` or `5 min`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from penstock.schema.units import UNITS, amount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.schema.units import Bounds

_WORDS = {
    **dict.fromkeys(("millisecond", "milliseconds", "millis", "msec"), "ms"),
    **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("day", "days"), "d"),
    **dict.fromkeys(("b", "byte", "bytes"), "B"),
    **dict.fromkeys(("k", "kb", "kib"), "KiB"),
    **dict.fromkeys(("m", "mb", "mib"), "MiB"),
    **dict.fromkeys(("g", "gb", "gib"), "GiB"),
    **dict.fromkeys(("/sec", "/second", "ps", "rps", "tps"), "/s"),
    **dict.fromkeys(("/min", "/minute"), "/m"),
    **dict.fromkeys(("/hour", "/hr"), "/h"),
}
_WEEKS = {"w", "week", "weeks"}
_LOOSE = re.compile(r"\s*([0-9]{1,9})\s*(/?)\s*([A-Za-z]+)\s*")


def spellings(number: int, bounds: Bounds, example: str) -> list[str]:
    """How a bare number could have been meant: with each unit that brings it into range, the example's unit first."""
    preferred = example.lstrip("0123456789")
    units = sorted(UNITS[bounds.unit], key=lambda unit: unit != preferred)
    spelled = (f"{number}{unit}" for unit in units)
    return [text for text in spelled if amount(text, bounds.unit) is not None and bounds.fault(text) is None]


def meant(text: str, bounds: Bounds) -> str | None:
    """The amount that a text was meant to be, one in range if there is; None if that cannot be told."""
    guesses = list(_guesses(text, bounds.unit))
    return next((guess for guess in guesses if bounds.fault(guess) is None), guesses[0] if guesses else None)


def _guesses(text: str, unit: str) -> Iterator[str]:
    found = _LOOSE.fullmatch(text)
    if found is None:
        return
    if found[3].lower() in _WEEKS and unit == "duration":
        yield f"{int(found[1]) * 7}d"
    for word in (found[2] + found[3], found[2] + found[3].lower()):
        for name in (word, _WORDS.get(word)):
            if name in UNITS[unit]:
                yield f"{found[1]}{name}"
