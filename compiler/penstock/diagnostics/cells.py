"""Text as a terminal shows it: how many cells wide, and without anything that the terminal would obey."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from itertools import accumulate

_CONTROL_PICTURES = 0x2400
_DELETE = 0x7F
_JOINERS = "\u200c\u200d"
_UNSHOWN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def shown(text: str) -> str:
    """A line of text, made safe to show: a tab becomes one space, and every control character a visible stand-in.

    That includes those that turn the direction of writing around, with which a line can read as what it is not. Each
    character becomes exactly one, so offsets stay what they are.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown_character, text))


def _shown_character(character: str) -> str:
    if character == "\t":
        return " "
    if character < " ":
        return chr(_CONTROL_PICTURES + ord(character))
    if ord(character) == _DELETE:
        return "\u2421"
    if unicodedata.category(character) in _UNSHOWN and character not in _JOINERS:
        return "\ufffd"
    return character


def cells(text: str) -> int:
    """How many cells of a terminal a shown text takes: two for wide characters, none for combining ones."""
    return len(text) if text.isascii() else sum(map(_cells_of_character, text))


def _cells_of_character(character: str) -> int:
    if character in _JOINERS or unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrapped(text: str, width: int) -> list[str]:
    """The lines of a text, broken at spaces so that each fits; a word that is too long for a line has one of its own.

    Where the text has line breaks of its own they stay, and so does the indentation behind them.
    """
    return [line for paragraph in text.split("\n") for line in _wrapped_paragraph(shown(paragraph), width)]


def _wrapped_paragraph(text: str, width: int) -> list[str]:
    indent = " " * (len(text) - len(text.lstrip(" ")))
    lines: list[str] = []
    line = indent
    for word in text.split(" "):
        if not word:
            continue
        if line != indent and cells(line) + 1 + cells(word) > width:
            lines.append(line)
            line = indent
        line += word if line == indent else f" {word}"
    return [*lines, line.rstrip(" ")]


def window(text: str, start: int, end: int, width: int) -> tuple[str, int, int]:
    """The part of a line that fits around `start` to `end`, and where that piece begins and ends in it, in cells.

    What is cut off is shown by an ellipsis. Where not even the piece fits, its beginning is shown.
    """
    at = list(accumulate(map(_cells_of_character, text), initial=0))
    if at[-1] <= width:
        return text, at[start], at[end]
    middle = at[start] - max(width - (at[end] - at[start]), 0) // 2
    left = max(min(middle, at[-1] - width), 0)
    first = min(bisect_left(at, left + 1), start) if left else 0
    used = 1 if first else 0
    last = len(text) if used + at[-1] - at[first] <= width else bisect_right(at, at[first] + width - used - 1) - 1
    piece = ("…" if first else "") + text[first:last] + ("…" if last < len(text) else "")
    begin = used + at[start] - at[first]
    return piece, begin, max(begin, used + at[min(end, last)] - at[first])
