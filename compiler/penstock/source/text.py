"""Text and places in it.

Everything that Penstock says about an input file names a place, and a place is a pair of character offsets into the text
as Python sees it: not bytes, and not the columns of a terminal. Lines and columns are worked out where they are shown.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from penstock.records import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 32 * 1024 * 1024
BYTE_ORDER_MARK = "\ufeff"


class Position(NamedTuple):
    """A place as people read it: line and column, both counted from 1, the column in characters."""

    line: int
    column: int


class Source:
    """One text and the name that the user knows it by.

    A leading byte order mark is no part of the text. Lines end at LF, CR LF or CR, whatever else Unicode calls a line end,
    because that is what editors count.
    """

    __slots__ = ("_starts", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text.removeprefix(BYTE_ORDER_MARK)
        self._starts: list[int] | None = None

    def __repr__(self) -> str:
        return f"Source({self.path!r}, {len(self.text)} characters)"

    @property
    def starts(self) -> list[int]:
        """The offset at which each line starts, found when it is first asked for."""
        if self._starts is None:
            self._starts = _line_starts(self.text)
        return self._starts

    @property
    def line_count(self) -> int:
        """How many lines there are; the empty one after a last line end counts, as it does in an editor."""
        return len(self.starts)

    def position(self, offset: int) -> Position:
        """Line and column of an offset; the offset just behind the text is a place too."""
        if not 0 <= offset <= len(self.text):
            msg = f"offset {offset} is outside of {self!r}"
            raise IndexError(msg)
        line = bisect_right(self.starts, offset)
        return Position(line, offset - self.starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The line with this number, counted from 1, without its line end."""
        if not 1 <= number <= self.line_count:
            msg = f"{self!r} has no line {number}"
            raise IndexError(msg)
        end = self.starts[number] if number < self.line_count else len(self.text)
        return self.text[self.starts[number - 1] : end].rstrip("\r\n")


def _line_starts(text: str) -> list[int]:
    starts = [0]
    if "\r" in text:
        previous = ""
        for offset, character in enumerate(text):
            if previous == "\r" and character == "\n":
                starts[-1] = offset + 1
            elif character in "\r\n":
                starts.append(offset + 1)
            previous = character
        return starts
    end = text.find("\n")
    while end >= 0:
        starts.append(end + 1)
        end = text.find("\n", end + 1)
    return starts


class Span(NamedTuple):
    """A piece of a source: `start` to `end` in characters, the end not included."""

    source: Source
    start: int
    end: int

    @property
    def begin(self) -> Position:
        """Where the first character stands."""
        return self.source.position(self.start)

    @property
    def finish(self) -> Position:
        """Where the character behind the last one stands."""
        return self.source.position(self.end)

    @property
    def text(self) -> str:
        """The characters themselves."""
        return self.source.text[self.start : self.end]


class Fault(NamedTuple):
    """What is wrong with a text, found before there is a topology; one layer up a Diagnostic is made of it."""

    code: str
    message: str
    span: Span
    help: str | None = None
    related: tuple[tuple[Span, str], ...] = ()


def read_source(path: Path, shown: str | None = None) -> tuple[Source | None, list[Fault]]:
    """Read a UTF-8 file; whatever prevents that comes back as a fault, and nothing is raised.

    `shown` is the name to use in messages; without it that is the path as given.
    """
    name = str(path) if shown is None else shown
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        return None, [_unreadable(name, error)]
    if len(raw) > MAX_BYTES:
        message = f"{name!r} is larger than {MAX_BYTES // 1024 // 1024} MiB"
        return None, [Fault("SRC001", message, _nowhere(name), "split the topology into several files")]
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None, [Fault("SRC002", f"{name!r} is UTF-16", _nowhere(name), "save the file as UTF-8")]
    return _decode(name, raw)


def _decode(name: str, raw: bytes) -> tuple[Source | None, list[Fault]]:
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        source = Source(name, raw.decode(errors="replace"))
        start = len(raw[: error.start].decode().removeprefix(BYTE_ORDER_MARK))
        message = f"{name!r} is not UTF-8: byte 0x{raw[error.start]:02x} does not belong here"
        return None, [Fault("SRC002", message, Span(source, start, start + 1), "save the file as UTF-8")]
    source = Source(name, text)
    nul = source.text.find("\0")
    if nul >= 0:
        message = f"{name!r} is not a text: it contains a NUL character"
        return None, [Fault("SRC002", message, Span(source, nul, nul + 1))]
    return source, []


def _unreadable(name: str, error: OSError | ValueError) -> Fault:
    match error:
        case FileNotFoundError():
            return Fault("SRC001", f"there is no file {name!r}", _nowhere(name))
        case IsADirectoryError():
            return Fault("SRC001", f"{name!r} is a folder, not a file", _nowhere(name))
        case PermissionError():
            return Fault("SRC001", f"{name!r} may not be read by this user", _nowhere(name))
        case _:
            reason = getattr(error, "strerror", None) or str(error)
            return Fault("SRC001", f"{name!r} cannot be read: {reason}", _nowhere(name))


def _nowhere(name: str) -> Span:
    """The start of a text that nobody has seen: what carets can mark when a file cannot be read."""
    return Span(Source(name, ""), 0, 0)
