r"""Texts for samples: of a format, or such as a pattern matches.

Patterns are ECMAScript's, as JSON Schema has them. What stands here reads literals, classes, groups, alternatives and repetitions; of a
pattern with anything else (a look-ahead, a back reference) no text is made.
"""

import re
from collections.abc import Callable

_DIGITS = "0123456789"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_UPPER = _LETTERS.upper()
_CLASSES = {"d": _DIGITS, "w": _LETTERS + _DIGITS + _UPPER + "_", "s": " ", "D": _LETTERS, "W": "-.", "S": _LETTERS}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_PRINTABLE = _LETTERS + _UPPER + _DIGITS + " -_.,:;/@#"
_AT_MOST = 64
_NAMED = re.compile(r"\(\?<(?=\w)")
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")

FORMATS: dict[str, Callable[[int], str]] = {
    "date": lambda n: f"2026-01-{1 + n % 28:02d}",
    "time": lambda n: f"03:04:{n % 60:02d}Z",
    "date-time": lambda n: f"2026-01-02T03:04:{n % 60:02d}Z",
    "duration": lambda n: f"PT{n}M",
    "email": lambda n: f"someone-{n}@example.com",
    "idn-email": lambda n: f"someone-{n}@example.com",
    "hostname": lambda n: f"host-{n}.example.com",
    "idn-hostname": lambda n: f"host-{n}.example.com",
    "ipv4": lambda n: f"192.0.2.{n % 256}",
    "ipv6": lambda n: f"2001:db8::{n:x}",
    "uri": lambda n: f"https://example.com/{n}",
    "uri-reference": lambda n: f"/{n}",
    "iri": lambda n: f"https://example.com/{n}",
    "iri-reference": lambda n: f"/{n}",
    "uri-template": lambda n: f"https://example.com/{n}/{{id}}",
    "uuid": lambda n: f"00000000-0000-4000-8000-{n:012d}",
    "json-pointer": lambda n: f"/{n}",
    "relative-json-pointer": lambda n: f"{n}/a",
    "regex": lambda n: f"^{n}$",
}


def matching(pattern: str, number: int, least: int = 0, most: int | None = None) -> str | None:
    """The ``number``-th text that a pattern matches and whose length is in bounds; ``None`` where none is found."""
    for repeats in dict.fromkeys((1, least, 2, 3, 4, 8, 16, most or 1)):
        text = _text(pattern, number, min(repeats, _AT_MOST))
        if text is not None and least <= len(text) and (most is None or len(text) <= most):
            return text
    return None


def _text(pattern: str, number: int, repeats: int) -> str | None:
    writer = _Writer(pattern, number, repeats)
    try:
        text = writer.alternatives()
        if writer.place == len(pattern) and re.search(_NAMED.sub("(?P<", pattern), text):
            return text
    except (_UnknownError, IndexError, re.error, OverflowError, RecursionError):
        return None
    return None


class _UnknownError(Exception):
    """The pattern has what is not understood here."""


class _Writer:
    """Reads a pattern and writes a text for it at the same time."""

    def __init__(self, pattern: str, number: int, repeats: int) -> None:
        self.pattern, self.number, self.repeats = pattern, number, repeats
        self.place = 0

    def alternatives(self) -> str:
        """Texts for all alternatives; the ``number``-th, so that samples differ."""
        texts = [self._sequence()]
        while self._next("|"):
            texts.append(self._sequence())
        return texts[(self.number - 1) % len(texts)]

    def _next(self, text: str) -> bool:
        found = self.pattern.startswith(text, self.place)
        self.place += len(text) if found else 0
        return found

    def _sequence(self) -> str:
        text = ""
        while self.place < len(self.pattern) and self.pattern[self.place] not in "|)":
            one = self._atom()
            text += one * self._count()
        return text

    def _atom(self) -> str:
        char = self.pattern[self.place]
        self.place += 1
        if char in "^$":
            return ""
        if char == "(":
            return self._group()
        if char == "[":
            return self._pick(self._class())
        if char == "\\":
            return self._pick(self._escape())
        if char in "*+?{":
            raise _UnknownError(char)
        return self._pick(_LETTERS) if char == "." else char

    def _group(self) -> str:
        if self._next("?"):
            named = re.compile(r"<\w+>").match(self.pattern, self.place)
            self.place = named.end() if named else self.place
            if not named and not self._next(":"):
                raise _UnknownError
        text = self.alternatives()
        if not self._next(")"):
            raise _UnknownError
        return text

    def _escape(self) -> str:
        char = self.pattern[self.place]
        self.place += 1
        if char in "bB":
            raise _UnknownError(char)
        if char in "xu":
            digits = 2 if char == "x" else 4
            code = self.pattern[self.place : self.place + digits]
            if not re.fullmatch(r"[0-9a-fA-F]+", code):
                raise _UnknownError(char)
            self.place += digits
            return chr(int(code, 16))
        if char.isalnum() and char not in _CLASSES and char not in _CONTROLS:
            raise _UnknownError(char)
        return _CLASSES.get(char) or _CONTROLS.get(char, char)

    def _class(self) -> str:
        refused = self._next("^")
        chars = ""
        while not self._next("]"):
            first = self._member()
            if len(first) == 1 and self.pattern[self.place] == "-" and self.pattern[self.place + 1] != "]":
                self.place += 1
                last = self._member()
                chars += "".join(map(chr, range(ord(first), min(ord(last), ord(first) + 127) + 1)))
            else:
                chars += first
        return "".join(char for char in _PRINTABLE if char not in chars) if refused else chars

    def _member(self) -> str:
        char = self.pattern[self.place]
        self.place += 1
        return self._escape() if char == "\\" else char

    def _count(self) -> int:
        """How often what stands before is repeated: as seldom as possible, or ``repeats`` times where that is allowed."""
        least, most = self._range()
        self._next("?")
        return max(least, min(self.repeats, _AT_MOST if most is None else most))

    def _range(self) -> tuple[int, int | None]:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._next(sign):
                return bounds
        counted = _COUNT.match(self.pattern, self.place)
        if counted is None:
            return 1, 1
        self.place = counted.end()
        least = int(counted[1])
        if least > 10_000:  # noqa: PLR2004 - nobody wants to see such a sample
            raise _UnknownError
        most = (int(counted[3]) if counted[3] else None) if counted[2] else least
        return least, most

    def _pick(self, chars: str) -> str:
        if not chars:
            raise _UnknownError
        return chars[(self.number - 1) % len(chars)]
