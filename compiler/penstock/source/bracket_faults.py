"""Explanations of faults inside brackets: commas and brackets that are missing, or that were meant as part of a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from penstock.source import line_faults
from penstock.source.excerpt import content_before, line_at, quoted, rest_of_value, start_of_value
from penstock.source.text import Fault, Source, Span

if TYPE_CHECKING:
    from penstock.source.nodes import Refusal

_CLOSING = {"[": "]", "{": "}"}
_OPEN_CALL = re.compile(r"""(?:^[ ]*|[:,\[{][ ]*|-[ ]+)([^\s"'{}\[\](),:][^"'{}\[\](),:]*\([^"'{}\[\]()]*)$""")


def unexpected(source: Source, offset: int, opening: Span) -> Fault:
    """Something that cannot stand inside brackets, and nothing more is known."""
    if offset >= len(source.text):
        return never_closed(opening)
    rest = rest_of_value(source, offset, in_brackets=True)
    span = rest if rest.text else Span(source, offset, offset + 1)
    message = f"'{span.text}' cannot stand here, between '{opening.text}' and '{_CLOSING[opening.text]}'"
    return Fault("SRC003", message, span, None, ((opening, "the bracket opens here"),))


def never_closed(opening: Span, goes_on: Span | None = None) -> Fault:
    """A bracket without its partner."""
    related = () if goes_on is None else ((goes_on, "so this is read as part of it"),)
    message = f"the '{opening.text}' that opens here is never closed"
    return Fault("SRC003", message, opening, f"add the missing '{_CLOSING[opening.text]}'", related)


def between_items(source: Source, refusal: Refusal) -> Fault:
    """Neither a comma nor the closing bracket behind an item."""
    offset = refusal.offset
    opening = _opening(source, refusal)
    if offset >= len(source.text) or _is_document_mark(source, offset):
        return never_closed(opening)
    if _is_next_entry(source, offset, opening):
        line = line_at(source, offset)
        return never_closed(opening, Span(source, line.content, line.start + len(line.text.rstrip())))
    swallowed = swallowed_comma(source, offset)
    if swallowed:
        return swallowed
    character = source.text[offset]
    if character in "]}":
        return _wrong_bracket(source, offset, opening)
    line = line_at(source, offset)
    if refusal.quote and line.start <= refusal.quote[0] and refusal.quote[1] == offset and character != ":":
        return line_faults.behind_quote(source, refusal.quote, offset, in_brackets=True)
    start = start_of_value(source, offset)
    if character in ":[{" and start < offset and source.text[start] not in "\"'":
        return _in_value(source, start, offset)
    return _missing_comma(source, offset, opening)


def _in_value(source: Source, start: int, offset: int) -> Fault:
    """A bracket or colon in the middle of an unquoted value, or at the start of a line whose comma is missing above."""
    line = line_at(source, offset)
    above = content_before(source, line)
    if start == line.content and above and not above.text.rstrip().endswith((",", "[", "{")):
        return _comma_at_end(source, above.start + len(above.text.rstrip()))
    value = rest_of_value(source, start, in_brackets=True)
    what = "': '" if source.text[offset] == ":" else f"'{source.text[offset]}'"
    help_ = f"write {quoted(value.text)} if it is one value"
    if source.text[offset] == ":" and " " in source.text[start:offset].strip():
        help_ += "; if it is two, write a comma between them"
    return Fault("SRC003", f"inside brackets an unquoted value cannot contain {what}", value, help_)


def _missing_comma(source: Source, offset: int, opening: Span) -> Fault:
    line = line_at(source, offset)
    above = content_before(source, line)
    if offset == line.content and above:
        return _comma_at_end(source, above.start + len(above.text.rstrip()))
    rest = rest_of_value(source, offset, in_brackets=True)
    if not rest.text:
        return unexpected(source, offset, opening)
    return Fault("SRC003", f"a comma is missing in front of '{rest.text}'", rest, f"write `, {rest.text}`")


def _comma_at_end(source: Source, end: int) -> Fault:
    return Fault("SRC003", "a comma is missing at the end of this line", Span(source, end - 1, end), "add the comma")


def colon_without_space(source: Source, refusal: Refusal) -> Fault:
    """`{key:[...]}`."""
    span = Span(source, refusal.offset, refusal.offset + 1)
    return Fault(
        "SRC003", "a space is missing after the colon", span, "write `: ` if this is a key, or quote the value"
    )


def missing_value(source: Source, refusal: Refusal) -> Fault:
    """A comma, a bracket or the end of the text where a value should stand."""
    offset = refusal.offset
    if not refusal.brackets:
        return _no_value_in_block(source, offset)
    opening = _opening(source, refusal)
    if offset >= len(source.text) or _is_document_mark(source, offset):
        return never_closed(opening)
    span = Span(source, offset, offset + 1)
    match span.text:
        case ",":
            return Fault(
                "SRC003", "a value is missing in front of the comma", span, "write the value, or delete the comma"
            )
        case ":":
            return line_faults.closes_nothing(source, offset)
        case "]" | "}" if span.text != _CLOSING[opening.text]:
            return _wrong_bracket(source, offset, opening)
        case "-":
            if _is_next_entry(source, offset, opening):
                return never_closed(opening, rest_of_value(source, offset, in_brackets=False))
            rest = rest_of_value(source, offset, in_brackets=True)
            help_ = "inside brackets, commas separate the items; quote the value if the hyphen belongs to it"
            return Fault("SRC003", "a list item with a hyphen cannot stand inside brackets", rest, help_)
        case "?":
            rest = rest_of_value(source, offset, in_brackets=True)
            return Fault("SRC003", "an unquoted value cannot start with '?'", rest, f"write {quoted(rest.text)}")
        case _:
            return unexpected(source, offset, opening)


def _no_value_in_block(source: Source, offset: int) -> Fault:
    line = line_at(source, min(offset, len(source.text)))
    rest = rest_of_value(source, offset, in_brackets=False)
    if not rest.text:
        return line_faults.unexpected(source, offset)
    if offset == line.content and rest.text[0] in "]},":
        return line_faults.closes_nothing(source, offset)
    message = f"an unquoted value cannot start with '{rest.text[0]}'"
    return Fault("SRC003", message, rest, f"write {quoted(rest.text)}")


def swallowed_comma(source: Source, offset: int) -> Fault | None:
    """`{every: cron(0 3, * * ? *)}`: the comma ended the value in the middle of its parentheses."""
    line = line_at(source, offset)
    before = line.text[: offset - line.start]
    match = _OPEN_CALL.search(before)
    if match is None:
        return None
    value = rest_of_value(source, line.start + match.start(1), in_brackets=True)
    what = "a comma" if "," in match[1] else f"'{source.text[offset]}'"
    message = f"inside brackets, {what} ends an unquoted value"
    return Fault("SRC003", message, value, f"write {quoted(value.text)}")


def _wrong_bracket(source: Source, offset: int, opening: Span) -> Fault:
    span = Span(source, offset, offset + 1)
    message = f"'{span.text}' cannot close the '{opening.text}' that is open here"
    help_ = f"write '{_CLOSING[opening.text]}' in front of it, or instead of it"
    return Fault("SRC003", message, span, help_, ((opening, f"this '{opening.text}' is open"),))


def _opening(source: Source, refusal: Refusal) -> Span:
    """The bracket that the parser was inside of."""
    start = refusal.context
    if start is None or source.text[start : start + 1] not in _CLOSING:
        start = refusal.brackets[-1]
    return Span(source, start, start + 1)


def _is_next_entry(source: Source, offset: int, opening: Span) -> bool:
    """Whether a place is on a line that, by its indentation and form, is no longer meant to be inside of the bracket."""
    line, first = line_at(source, offset), line_at(source, opening.start)
    starts_entry = line.key is not None or line.text.lstrip().startswith("- ")
    return line.number > first.number and line.indent <= first.indent and starts_entry


def _is_document_mark(source: Source, offset: int) -> bool:
    return re.compile(r"(?:---|\.\.\.)(?:\s|$)").match(source.text, offset) is not None and (
        source.position(offset).column == 1
    )
