"""Renders where messages ended as a table of plain text."""

import textwrap
from collections.abc import Sequence
from typing import TypeAlias

from penstock.dev.adapt import Change
from penstock.dev.places import Way
from penstock.dev.trace import End

HEADINGS = ("MESSAGE", "PATH", "ATTEMPTS", "ENDED")
ATTEMPTS_WIDTH = len("ATTEMPTS")
GAP = "  "
MESSAGE_WIDTH = 18
NARROWEST = 60

Row: TypeAlias = tuple[str, str, str, str]


def render_ends(ends: Sequence[End], width: int = 80) -> str:
    """A table of message, path, attempts and end, at most `width` wide, with the errors below."""
    widths = _widths(ends, max(width, NARROWEST))
    lines = [_line(HEADINGS, widths)]
    first: End | None = None
    for end in ends:
        if first is not None and first.message is end.message:
            label, way = "", _shortened(end.way, first.way)
        else:
            first, label, way = end, end.message.label, end.way
        lines += _wrapped((label, " > ".join(way), _count(end.attempts), end.place), widths)
    errors = dict.fromkeys(f"{end.message.label}: {end.place}: {end.error}" for end in ends if end.error)
    wrapped = [textwrap.fill(error, width, subsequent_indent="  ") for error in errors]
    return "\n".join([*lines, "", *wrapped] if wrapped else lines) + "\n"


def render_changes(changes: Sequence[Change], width: int = 80) -> str:
    """What differs between the compiled template and what runs here, one line for each kind of change."""
    by_kind: dict[str, list[str]] = {}
    for change in changes:
        by_kind.setdefault(change.what, []).append(change.logical_id)
    lines = (f"{', '.join(sorted(names))}: {what}" for what, names in by_kind.items())
    return "".join(textwrap.fill(line, width, subsequent_indent="  ") + "\n" for line in lines)


def _shortened(way: Way, known: Way) -> Way:
    """A way without what it shares with one that was shown already, save the last component in common."""
    shared = next((at for at, pair in enumerate(zip(way, known, strict=False)) if pair[0] != pair[1]), len(known))
    return ("...", *way[shared - 1 :]) if shared > 1 else way


def _count(attempts: int | None) -> str:
    """Attempts as text."""
    return "-" if attempts is None else str(attempts)


def _widths(ends: Sequence[End], width: int) -> tuple[int, int, int, int]:
    """The columns' widths: labels as wide as they are up to a bound, the rest shared by path and end."""
    label = min(MESSAGE_WIDTH, max([len(HEADINGS[0]), *(len(end.message.label) for end in ends)]))
    rest = width - label - ATTEMPTS_WIDTH - 3 * len(GAP)
    place = min(max([len(HEADINGS[3]), *(len(end.place) for end in ends)]), rest // 2)
    return label, rest - place, ATTEMPTS_WIDTH, place


def _wrapped(row: Row, widths: tuple[int, int, int, int]) -> list[str]:
    """A row as lines: every cell wrapped within its column."""
    cells = [textwrap.wrap(cell, size) for cell, size in zip(row, widths, strict=True)]
    height = max(len(cell) for cell in cells)
    filled = [cell + [""] * (height - len(cell)) for cell in cells]
    return [_line(line, widths) for line in zip(*filled, strict=True)]


def _line(cells: Sequence[str], widths: tuple[int, int, int, int]) -> str:
    """One line of the table, attempts to the right, nothing behind the last cell."""
    aligned = (
        cell.rjust(size) if column == HEADINGS.index("ATTEMPTS") else cell.ljust(size)
        for column, (cell, size) in enumerate(zip(cells, widths, strict=True))
    )
    return GAP.join(aligned).rstrip()
