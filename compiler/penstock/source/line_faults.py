"""Explanations of faults between lines: indentation, tabs, missing colons, colons too many, quotes that run on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from penstock.source.excerpt import Line, content_before, enclosing, line_at, quoted, rest_of_value
from penstock.source.text import Fault, Source, Span

if TYPE_CHECKING:
    from penstock.source.nodes import Refusal

_NO_SPACE = re.compile(r"[ ]*(?:-[ ]+)*([A-Za-z_][\w.-]*):(?!//)(\S.*)")
_TEXT_BLOCK = re.compile(r"(?:^|[\s:-])[|>][-+0-9]*[ \t]*(?:#.*)?$")
_COMMENTED = re.compile(r"[^\s\"'\]}].*\s#")
_BRACKETS_OR_QUOTES = re.compile(r"[][{}\"',]")
_LONGEST_KEY = 1024


def unexpected(source: Source, offset: int) -> Fault:
    """Something that cannot stand where it stands, and nothing more is known."""
    rest = rest_of_value(source, offset, in_brackets=False)
    if not rest.text:
        return Fault("SRC003", "the text ends, or the line does, in the middle of something", rest)
    return Fault(
        "SRC003", f"'{_short(rest.text)}' cannot stand here", rest, "look at the lines above: is one unfinished?"
    )


def tab(source: Source, offset: int) -> Fault:
    """A tab in front of the content of a line."""
    tabs = re.compile("\t+").match(source.text, offset)
    span = Span(source, offset, tabs.end() if tabs else offset + 1)
    return Fault("SRC003", "a tab is used for indentation", span, "indent with spaces; YAML allows no tabs here")


def second_colon(source: Source, refusal: Refusal) -> Fault:
    """A colon where no key may stand: a second one on a line, or one on a line that goes on with a value."""
    line = line_at(source, refusal.offset)
    if refusal.offset - line.content > _LONGEST_KEY:
        message = f"a key of more than {_LONGEST_KEY:,} characters is too long"
        return Fault("SRC003", message, Span(source, line.content, refusal.offset))
    start = line.value
    if start is not None and start <= refusal.offset:
        return _two_keys(source, start)
    above = content_before(source, line)
    if above is None:
        return unexpected(source, refusal.offset)
    return _without_space(source, above) or _continued(source, line, above)


def _two_keys(source: Source, start: int) -> Fault:
    """`key: value: more`."""
    value = rest_of_value(source, start, in_brackets=False)
    inner = "if it is a mapping, "
    inner += "start it on a line of its own" if _BRACKETS_OR_QUOTES.search(value.text) else f"write {{{value.text}}}"
    if value.text[:1] in {'"', "'", "&", "*", "!"}:
        return Fault("SRC003", "a mapping cannot start on the line of its key", value, inner)
    help_ = f"write {quoted(value.text)} if it is one value; {inner}"
    return Fault("SRC003", "an unquoted value cannot contain ': '", value, help_)


def _without_space(source: Source, line: Line) -> Fault | None:
    """`key:value`."""
    match = _NO_SPACE.fullmatch(line.text)
    if match is None:
        return None
    colon = line.start + match.end(1)
    help_ = f"write `{match[1]}: {_short(match[2].rstrip())}`"
    return Fault("SRC003", "a space is missing after the colon", Span(source, colon, colon + 1), help_)


def _continued(source: Source, line: Line, above: Line) -> Fault:
    """A key on a line that, by its indentation, goes on with the value above."""
    key = _key_span(source, line)
    if above.key is not None and above.value is not None:
        message = f"'{_short(key.text)}' is indented deeper than '{above.key}' above it, which has a value already"
        help_ = f"indent both alike, by {_spaces(above.key_column)}"
        return Fault("SRC003", message, key, help_, ((_content_span(source, above), "this is the value"),))
    if above.key is None and above.indent == line.indent:
        return _without_colon(source, above.content)
    message = f"'{_short(key.text)}' reads as part of the value above, which cannot contain ': '"
    help_ = "correct the indentation of one of the two lines, or quote the value if it is one text"
    return Fault("SRC003", message, key, help_, ((_content_span(source, above), "the value continues from here"),))


def missing_colon(source: Source, refusal: Refusal) -> Fault:
    """A line where a key should stand, and no colon on it."""
    start = refusal.offset if refusal.context is None else refusal.context
    if source.text[start : start + 1] in {'"', "'"} and line_at(source, start).number < _last_line(source, refusal):
        return unclosed_quote(source, start)
    return _without_space(source, line_at(source, start)) or _without_colon(source, start)


def _last_line(source: Source, refusal: Refusal) -> int:
    return source.position(refusal.quote[1]).line if refusal.quote else 0


def _without_colon(source: Source, start: int) -> Fault:
    rest = rest_of_value(source, start, in_brackets=False)
    help_ = f"write `{_short(rest.text)}: ...` if it is a key; if it continues the text above, indent it deeper"
    return Fault("SRC003", f"a colon is missing after '{_short(rest.text)}'", rest, help_)


def unclosed_quote(source: Source, start: int, closed: int | None = None) -> Fault:
    """A quote that closes nowhere, or only where the next one was meant to open."""
    quote = source.text[start]
    span = Span(source, start, start + 1)
    inside = "'' for an apostrophe inside '...'" if quote == "'" else '\\" for a quote inside "..."'
    help_ = f"add the closing {quote} where the value ends; write {inside}"
    if closed is None:
        return Fault("SRC003", "the quote that opens here is never closed", span, help_)
    message = f"the quote that opens here is closed only on line {source.position(closed).line}"
    return Fault("SRC003", message, span, help_, ((Span(source, closed, closed + 1), "it is closed here"),))


def behind_quote(source: Source, quote: tuple[int, int], offset: int, *, in_brackets: bool) -> Fault:
    """Text between the closing quote and the end of the value."""
    rest = rest_of_value(source, offset, in_brackets=in_brackets)
    whole = source.text[quote[0] : rest.end]
    inner = whole[1:-1] if whole[-1] == whole[0] else whole
    help_ = f"write {quoted(inner)} if it is one value"
    return Fault("SRC003", f"'{_short(rest.text)}' follows the closing quote", rest, help_)


def out_of_block(source: Source, refusal: Refusal) -> Fault:
    """Something that does not go on with the mapping or list around it, and does not end it either."""
    offset = refusal.offset
    line = line_at(source, offset)
    if refusal.quote and line.content <= refusal.quote[1] - 1 <= offset:
        if source.position(refusal.quote[0]).line != line.number:
            return unclosed_quote(source, refusal.quote[0], refusal.quote[1] - 1)
        return behind_quote(source, refusal.quote, offset, in_brackets=False)
    character = source.text[offset : offset + 1]
    if character in {"]", "}", ","} or (character == ":" and offset == line.content):
        return closes_nothing(source, offset)
    before = line.text[: offset - line.start].rstrip()
    if before.endswith(("]", "}")):
        rest = rest_of_value(source, offset, in_brackets=False)
        return Fault("SRC003", f"'{_short(rest.text)}' follows the closing '{before[-1]}'", rest, "delete it")
    if offset != line.content:
        return unexpected(source, offset)
    return _out_of_line(source, refusal, line)


def closes_nothing(source: Source, offset: int) -> Fault:
    """A closing bracket, a comma or a colon with nothing that it could belong to."""
    span = Span(source, offset, offset + 1)
    match span.text:
        case ":":
            return Fault("SRC003", "the key in front of ':' is missing", span)
        case ",":
            return Fault("SRC003", "a comma is outside any brackets", span, "delete it; lines need no commas")
        case _:
            return Fault("SRC003", f"'{span.text}' closes nothing", span, "delete it, or open the bracket")


def _out_of_line(source: Source, refusal: Refusal, line: Line) -> Fault:
    """A line that fits none of the lines above."""
    above = content_before(source, line)
    content = _content_span(source, line)
    if refusal.problem.endswith("'-'"):
        help_ = "a list stands under a key of its own; or delete the '-'"
        return Fault("SRC003", "a list item is where a key is expected", content, help_)
    if refusal.problem.endswith("'?'"):
        help_ = "start it with '- ', or correct its indentation"
        return Fault("SRC003", f"'{_short(content.text)}' is where a list item is expected", content, help_)
    if above is not None and refusal.problem.endswith("'<scalar>'"):
        opening = next((outer for outer in enclosing(source, line) if _TEXT_BLOCK.search(outer.text)), None)
        if opening is not None:
            message = "this line is indented less than the text that it should belong to"
            related = ((_content_span(source, opening), "the text starts here"),)
            return Fault("SRC003", message, content, "indent all lines of the text alike", related)
        if _COMMENTED.search(above.text):
            related = ((_content_span(source, above), "the value ends at this comment"),)
            return Fault("SRC003", "a value cannot continue after a comment", content, "move the comment", related)
    return _indentation(source, line)


def _indentation(source: Source, line: Line) -> Fault:
    """A line that starts in a column where nothing above does."""
    columns: dict[int, Line] = {}
    for outer in enclosing(source, line):
        columns.setdefault(outer.indent, outer)
        columns.setdefault(outer.key_column, outer)
    near = [max((c for c in columns if c < line.indent), default=None)]
    near.append(min((c for c in columns if c > line.indent), default=None))
    places = [f"by {_spaces(column)}, like '{_name(columns[column])}'" for column in near if column is not None]
    name = _name(line)
    message = f"'{name}' is indented by {_spaces(line.indent)}, which matches nothing above it"
    return Fault(
        "SRC003", message, _content_span(source, line), f"indent it {', or '.join(places)}" if places else None
    )


def _name(line: Line) -> str:
    return _short(line.key or line.text.strip())


def _spaces(number: int) -> str:
    return f"{number} space" if number == 1 else f"{number} spaces"


def _short(text: str) -> str:
    longest = 40
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _key_span(source: Source, line: Line) -> Span:
    start = line.start + line.key_column
    return Span(source, start, start + len(line.key)) if line.key else _content_span(source, line)


def _content_span(source: Source, line: Line) -> Span:
    return Span(source, line.content, line.start + len(line.text.rstrip()))
