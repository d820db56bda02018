"""Diagnostics for people at a terminal: what is wrong, the line itself with carets below it, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.diagnostics import Severity
from penstock.diagnostics.cells import cells, shown, window, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from penstock.diagnostics import Diagnostic
    from penstock.source.text import Span

_NARROWEST = 40
_BOLD = "\x1b[1m"
_BLUE = "\x1b[1;34m"
_RESET = "\x1b[0m"
_COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.INFO: "\x1b[1;36m"}


def render_text(diagnostics: Iterable[Diagnostic], *, colour: bool, width: int) -> str:
    """All diagnostics in the order given, a blank line between two of them.

    `width` is the terminal's; messages are wrapped to it, and of longer source lines the part around the carets is shown.
    """
    room = max(width, _NARROWEST)
    blocks = ["\n".join(_Block(diagnostic, colour=colour, width=room).lines()) for diagnostic in diagnostics]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _advice(diagnostic: Diagnostic) -> Iterator[tuple[str, str]]:
    """What to do, and the option that does it where there is one; on one line where the fix does what the help says."""
    words, fix = diagnostic.help, diagnostic.fix
    option = "" if fix is None else " [--fix]" if fix.safe else " [--unsafe-fixes]"
    if words:
        said = fix is not None and fix.title in words
        yield "help", words + option * said
        if said:
            return
    if fix:
        yield "fix" if fix.safe else "proposal", fix.title + option


class _Block:
    """One diagnostic being laid out: how wide the column of line numbers is, and what is painted in which colour."""

    def __init__(self, diagnostic: Diagnostic, *, colour: bool, width: int) -> None:
        self._diagnostic = diagnostic
        self._colour = colour
        self._width = width
        spans = [diagnostic.span, *(label.span for label in diagnostic.related)]
        self._gutter = max(len(str(span.begin.line)) for span in spans)

    def lines(self) -> Iterator[str]:
        """The headline, then the parts, with an empty line of the gutter between two of them."""
        diagnostic = self._diagnostic
        colour = _COLOURS[diagnostic.severity]
        yield from self._headline(colour)
        yield from self._excerpt("-->", diagnostic.span, "^", colour, "")
        for label in diagnostic.related:
            yield self._beside("", "")
            yield from self._excerpt(":::", label.span, "-", _BLUE, label.message)
        if diagnostic.help or diagnostic.fix:
            yield self._beside("", "")
        for title, words in _advice(diagnostic):
            yield from self._note(title, words)

    def _paint(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_RESET}" if self._colour and text else text

    def _headline(self, colour: str) -> Iterator[str]:
        head = f"{self._diagnostic.severity.value}[{self._diagnostic.code}]"
        first, *others = wrapped(self._diagnostic.message, self._width - len(head) - 1)
        yield f"{self._paint(colour, head)} {self._paint(_BOLD, first)}"
        for line in others:
            yield " " * (len(head) + 1) + self._paint(_BOLD, line)

    def _excerpt(self, arrow: str, span: Span, mark: str, colour: str, message: str) -> Iterator[str]:
        """Where it is, the line, and marks below what is meant; of a span of several lines only the first is shown."""
        place = self._paint(_BLUE, f"{' ' * self._gutter}{arrow}")
        path = shown(span.source.path)
        if not span.source.text:
            yield f"{place} {path}"
            return
        line, column = span.begin
        yield f"{place} {path}:{line}:{column}"
        yield self._beside("", "")
        text = shown(span.source.line(line))
        start = min(column - 1, len(text))
        end = min(start + span.end - span.start, max(len(text.rstrip()), start))
        piece, begin, finish = window(text, start, end, self._width - self._gutter - 3)
        yield self._beside(str(line), piece.rstrip())
        yield from self._marks(begin, mark * max(finish - begin, 1), colour, message)

    def _marks(self, begin: int, marks: str, colour: str, message: str) -> Iterator[str]:
        """The marks, and the message behind them or, where it is too long for that, below them."""
        room = self._width - self._gutter - 3
        inline = f"{marks} {shown(message)}".rstrip(" ")
        if "\n" not in message and begin + cells(inline) <= room:
            yield self._beside("", " " * begin + self._paint(colour, inline))
            return
        yield self._beside("", " " * begin + self._paint(colour, marks))
        indent = min(begin, room // 3)
        for line in wrapped(message, room - indent):
            yield self._beside("", " " * indent + self._paint(colour, line))

    def _beside(self, number: str, text: str) -> str:
        edge = self._paint(_BLUE, f"{number:>{self._gutter}} |")
        return f"{edge} {text}" if text else edge

    def _note(self, kind: str, text: str) -> Iterator[str]:
        edge = " " * (self._gutter + 1)
        indent = self._gutter + len(f" = {kind}: ")
        first, *others = wrapped(text, self._width - indent)
        yield f"{edge}{self._paint(_BLUE, '=')} {self._paint(_BOLD, kind)}: {first}"
        for line in others:
            yield " " * indent + line
