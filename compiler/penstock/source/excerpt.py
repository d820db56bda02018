"""Reading a text that is no YAML as its author meant it: where a value ends, what stands on a line, what lines up with what."""

from __future__ import annotations

import re

from penstock.records import NamedTuple
from penstock.source.text import Source, Span

_KEY = re.compile(
    r"""[ ]*(?:-[ ]+)*(?P<key>"[^"\r\n]*"|'[^'\r\n]*'|[^\s#"'{}\[\],][^#{}\[\]"'\r\n]*?)[ ]*:(?:[ \t]+|$)"""
)
_OPENING = "([{"
_CLOSING = ")]}"


class Line(NamedTuple):
    """One line: its number, the offset of its first character, and its text without the line end."""

    number: int
    start: int
    text: str

    @property
    def indent(self) -> int:
        """How many spaces it starts with."""
        return len(self.text) - len(self.text.lstrip(" "))

    @property
    def content(self) -> int:
        """The offset of the first character that is no space."""
        return self.start + self.indent

    @property
    def is_content(self) -> bool:
        """Whether there is more on it than a comment."""
        stripped = self.text.strip()
        return bool(stripped) and not stripped.startswith("#")

    @property
    def key(self) -> str | None:
        """The key that it starts with, in front of a colon."""
        match = _KEY.match(self.text)
        return match["key"] if match else None

    @property
    def key_column(self) -> int:
        """The column, counted from 0, in which its key starts behind any hyphens; without a key, the content."""
        match = _KEY.match(self.text)
        return match.start("key") if match else self.indent

    @property
    def value(self) -> int | None:
        """The offset of what follows on the first key; None when nothing does."""
        match = _KEY.match(self.text)
        if match is None or self.text[match.end() :].lstrip()[:1] in {"", "#"}:
            return None
        return self.start + match.end()


def line_at(source: Source, offset: int) -> Line:
    """The line on which an offset stands."""
    number = source.position(offset).line
    return Line(number, source.starts[number - 1], source.line(number))


def content_before(source: Source, line: Line) -> Line | None:
    """The nearest line above that is more than a comment."""
    for number in range(line.number - 1, 0, -1):
        above = Line(number, source.starts[number - 1], source.line(number))
        if above.is_content:
            return above
    return None


def enclosing(source: Source, line: Line) -> list[Line]:
    """The lines above that a line could be lined up with, the nearest first: each is indented less than the one before."""
    found: list[Line] = []
    above = content_before(source, line)
    while above is not None:
        if not found or above.indent < found[-1].indent:
            found.append(above)
        if above.indent == 0:
            break
        above = content_before(source, above)
    return found


def rest_of_value(source: Source, start: int, *, in_brackets: bool) -> Span:
    """The unquoted value that its author let start here: up to a comment or the line's end.

    Inside of brackets it ends at a comma or bracket that is not part of a balanced piece, as in `cron(0 3, * * ? *)`.
    """
    line = line_at(source, start)
    text = line.text[start - line.start :]
    comment = re.search(r"\s#", text)
    text = text[: comment.start()] if comment else text
    if in_brackets:
        text = text[: _end_in_brackets(text)]
    return Span(source, start, start + len(text.rstrip()))


def _end_in_brackets(text: str) -> int:
    depth = 0
    for offset, character in enumerate(text):
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            if depth == 0:
                return offset
            depth -= 1
        elif character == "," and depth == 0:
            return offset
    return len(text)


def start_of_value(source: Source, offset: int) -> int:
    """Where the unquoted value starts that an offset is in the middle of: behind the last ': ', '- ', comma or bracket."""
    line = line_at(source, offset)
    before = line.text[: offset - line.start]
    starts = [match.end() for match in re.finditer(r"(?:(?:^|(?<=\s))-|:)[ \t]+|[,{\[][ \t]*|^[ \t]*", before)]
    return line.start + max(starts)


def quoted(text: str) -> str:
    """A value in quotes, as one would write it in YAML."""
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'
