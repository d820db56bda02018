"""Diagnostics as text for people: the excerpt with carets under it, the other places, and what to do."""

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator

from penstock.diagnostics import Diagnostic, Severity
from penstock.source.text import Span

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_BLUE, _BOLD = "34", "1"
_NARROWEST = 40
_ELLIPSIS = "..."


def render_text(diagnostics: Iterable[Diagnostic], *, colour: bool, width: int) -> str:
    """Every diagnostic in its order, a blank line between them; ``width`` in columns, ``colour`` by ANSI sequences."""
    page = _Page(max(width, _NARROWEST), colour=colour)
    return "\n".join("".join(f"{line}\n" for line in page.diagnostic(diagnostic)) for diagnostic in diagnostics)


class _Page:
    """Lays diagnostics out on a page of some width."""

    def __init__(self, width: int, *, colour: bool) -> None:
        self.width = width
        self.colour = colour

    def diagnostic(self, diagnostic: Diagnostic) -> Iterator[str]:
        """The lines of one diagnostic."""
        spans = [diagnostic.span, *(label.span for label in diagnostic.related)]
        gutter = max(len(str(span.begin.line)) for span in spans)
        yield from self._headline(diagnostic)
        severity = _COLOURS[diagnostic.severity]
        yield from self._place(diagnostic.span, "-->", gutter, severity, "")
        for label in diagnostic.related:
            yield from self._place(label.span, ":::", gutter, _BLUE, label.message)
        if diagnostic.help:
            margin = " " * (gutter + 1)
            yield self._paint(f"{margin}|", _BLUE)
            indent = " " * len(f"{margin}= help: ")
            lines = textwrap.wrap(_plain(diagnostic.help), self.width - len(indent), break_on_hyphens=False)
            yield self._paint(f"{margin}=", _BLUE) + f" help: {lines[0]}"
            yield from (indent + line for line in lines[1:])

    def _headline(self, diagnostic: Diagnostic) -> Iterator[str]:
        label = f"{diagnostic.severity.value}[{diagnostic.code}]"
        text = f"{label}: {_plain(diagnostic.message)}"
        first, *rest = textwrap.wrap(text, self.width, subsequent_indent="  ", break_on_hyphens=False)
        painted = self._paint(label, f"{_BOLD};{_COLOURS[diagnostic.severity]}")
        yield first.replace(label, painted, 1)
        yield from rest

    def _place(self, span: Span, arrow: str, gutter: int, colour: str, message: str) -> Iterator[str]:
        margin = " " * gutter
        begin = span.begin
        yield f"{margin}{self._paint(arrow, _BLUE)} {_plain(span.source.path)}:{begin.line}:{begin.column}"
        if not span.source.text:
            return
        yield self._paint(f"{margin} |", _BLUE)
        line, left, length = _window(span, self.width - gutter - 3)
        yield self._paint(f"{begin.line:>{gutter}} |", _BLUE) + f" {line}".rstrip()
        carets = self._paint("^" * length, colour)
        note = f" {_plain(message)}" if message else ""
        bar = self._paint(f"{margin} |", _BLUE)
        if gutter + 3 + left + length + len(note) <= self.width or not note:
            yield f"{bar} {' ' * left}{carets}{note}"
        else:
            yield f"{bar} {' ' * left}{carets}"
            for part in textwrap.wrap(_plain(message), self.width - gutter - 3):
                yield f"{bar} {part}"

    def _paint(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self.colour else text


def _window(span: Span, room: int) -> tuple[str, int, int]:
    """The first line of a span as far as it fits, and the columns of the carets: how far in, and how many."""
    begin, finish = span.begin, span.finish
    text = span.source.line(begin.line)
    end = finish.column - 1 if finish.line == begin.line else len(text)
    before, marked, after = text[: begin.column - 1], text[begin.column - 1 : end], text[end:]
    before, marked, after = _plain(before), _plain(marked), _plain(after)
    if _columns(before) + _columns(marked) + _columns(after) <= room:
        return before + marked + after, _columns(before), max(_columns(marked), 1)
    marked = _cut(marked, room * 2 // 3)
    side = room - _columns(marked)
    before = _cut_left(before, max(side - min(_columns(after), side // 3), 0))
    after = _cut(after, side - _columns(before))
    return before + marked + after, _columns(before), max(_columns(marked), 1)


def _cut(text: str, room: int) -> str:
    """The beginning of a text, in at most ``room`` columns."""
    if _columns(text) <= room:
        return text
    while text and _columns(text) + len(_ELLIPSIS) > room:
        text = text[:-1]
    return (text + _ELLIPSIS)[: max(room, 0)]


def _cut_left(text: str, room: int) -> str:
    """The end of a text, in at most ``room`` columns."""
    if _columns(text) <= room:
        return text
    while text and _columns(text) + len(_ELLIPSIS) > room:
        text = text[1:]
    return (_ELLIPSIS + text)[: max(room, 0)]


def _plain(text: str) -> str:
    """Text that may reach a terminal: tabs and line ends as one space, other control characters made visible."""
    return "".join(" " if char in "\t\r\n" else _visible(char) for char in text)


def _visible(char: str) -> str:
    return f"\\u{ord(char):04x}" if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"} else char


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_column(char) for char in text)


def _column(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
