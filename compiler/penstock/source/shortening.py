"""A long text without what stands far in front of a fault, so that the slow parser can explain the fault quickly."""

from __future__ import annotations

import re

from penstock.records import NamedTuple

_SECTION = re.compile(r"^[A-Za-z_][\w-]*:[ ]*(?:#[^\r\n]*)?\r?\n", re.MULTILINE)
_FIRST_ENTRY = re.compile(r"(?:[ ]*(?:#[^\r\n]*)?\r?\n)*([ ]+)[A-Za-z_\"']")


class Shortened(NamedTuple):
    """One section's first line and the last entries of it, up to the end of the text; `head` and `tail` are where they start."""

    text: str
    head: int
    length: int
    tail: int

    def original(self, offset: int) -> int:
        """The offset in the whole text of an offset in the shortened one."""
        return self.head + offset if offset < self.length else self.tail + offset - self.length


def shortened(text: str, place: int) -> Shortened | None:
    """The text without whole sections and whole entries of a section that end well in front of a place.

    A guess by the look of the lines: whoever uses it must make sure that the same thing is found at the same place.
    """
    head = _line_of_last(_SECTION, text, place)
    if head is None:
        return None
    section = _SECTION.match(text, head)
    assert section is not None  # noqa: S101 - it was found there
    end = section.end()
    first = _FIRST_ENTRY.match(text, end)
    tail = end
    if first and first.end() <= place:
        entry = re.compile(rf"^{first[1]}[A-Za-z_][\w-]*:", re.MULTILINE)
        starts = _last_two(entry, text, end, place)
        tail = starts[0] if starts else end
    return Shortened(text[head:end] + text[tail:], head, end - head, tail)


def _line_of_last(pattern: re.Pattern[str], text: str, place: int) -> int | None:
    starts = _last_two(pattern, text, 0, place)
    return starts[-1] if starts else None


def _last_two(pattern: re.Pattern[str], text: str, start: int, place: int) -> list[int]:
    """Where the pattern matches for the last time, and the time before, in front of the line that a place is on."""
    starts: list[int] = []
    line = max(text.rfind("\n", 0, place), text.rfind("\r", 0, place)) + 1
    for match in pattern.finditer(text, start, line):
        starts = [*starts[-1:], match.start()]
    return starts
