"""Text as a terminal shows it: how many cells wide, and without anything that the terminal would obey."""

from __future__ import annotations

import unicodedata

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
    """The lines of a text, broken at spaces so that each fits; a word that is too long for a line has one of its own."""
    lines = []
    for paragraph in text.split("\n"):
        line, used = "", 0
        for word in shown(paragraph).split(" "):
            needed = cells(word)
            if line and used + 1 + needed > width:
                lines.append(line.rstrip(" "))
                line, used = word, needed
            else:
                line, used = (f"{line} {word}", used + 1 + needed) if line else (word, needed)
        lines.append(line.rstrip(" "))
    return lines


def window(text: str, start: int, end: int, width: int) -> tuple[str, int, int]:
    """The part of a line that fits around `start` to `end`, and where that piece begins and ends in it, in cells.

    What is cut off is shown by an ellipsis. Where not even the piece fits, its beginning is shown.
    """
    if cells(text) <= width:
        return text, cells(text[:start]), cells(text[:end])
    first = start
    room = max(width - 2 - min(cells(text[start:end]), width // 2), 0) // 2
    while first > 0 and cells(text[first - 1 : start]) <= room:
        first -= 1
    last = first
    while last < len(text) and cells(text[first : last + 1]) <= width - 2:
        last += 1
    while first > 0 and cells(text[first - 1 : last]) <= width - 2:
        first -= 1
    left, right = ("…" if first else ""), ("…" if last < len(text) else "")
    begin = cells(left + text[first:start])
    return left + text[first:last] + right, begin, max(begin, cells(left + text[first : min(end, last)]))
