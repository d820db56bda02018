"""Why a text is no YAML, in plain words.

The parser's own words say what it expected and what it met; people want to know what they wrote wrong. So each of its
complaints leads to one explanation here, which looks at the text around the place. What no explanation knows better is said
as the parser met it.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from penstock.source import bracket_faults, line_faults
from penstock.source.excerpt import line_at, quoted, rest_of_value
from penstock.source.text import Fault, Source, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from penstock.source.nodes import Refusal

_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?= |\r?$)", re.MULTILINE)
_SURROGATES = range(0xD800, 0xE000)
_ESCAPE_LENGTHS = {"x": 2, "u": 4, "U": 8}


def explain(source: Source, refusal: Refusal) -> Fault:
    """The fault that made the parser refuse a text."""
    refusal.offset = min(refusal.offset, len(source.text))
    conflict = _CONFLICT.search(source.text)
    if conflict:
        message = "a merge conflict is not resolved here"
        help_ = "keep what is right, and delete the lines with `<<<<<<<`, `=======` and `>>>>>>>`"
        return Fault("SRC003", message, Span(source, *conflict.span()), help_)
    for complaint, explanation in _EXPLANATIONS.items():
        if refusal.problem.startswith(complaint):
            return explanation(source, refusal)
    return unexpected(source, refusal)


def unexpected(source: Source, refusal: Refusal) -> Fault:
    """What to say when nothing better is known: what was met, and inside of what."""
    if refusal.brackets:
        opening = Span(source, refusal.brackets[-1], refusal.brackets[-1] + 1)
        return bracket_faults.unexpected(source, refusal.offset, opening)
    return line_faults.unexpected(source, refusal.offset)


def _start_of_token(source: Source, refusal: Refusal) -> Fault:
    """A character that no token starts with."""
    character = source.text[refusal.offset]
    if character == "\t":
        return line_faults.tab(source, refusal.offset)
    return _cannot_start(source, refusal.offset, in_brackets=bool(refusal.brackets))


def _cannot_start(source: Source, offset: int, *, in_brackets: bool) -> Fault:
    swallowed = bracket_faults.swallowed_comma(source, offset) if in_brackets else None
    if swallowed:
        return swallowed
    value = rest_of_value(source, offset, in_brackets=in_brackets)
    message = f"an unquoted value cannot start with '{source.text[offset]}'"
    return Fault("SRC003", message, value, f"write {quoted(value.text)}")


def _indicator(source: Source, refusal: Refusal) -> Fault:
    """An asterisk or ampersand that names nothing."""
    start = refusal.offset if refusal.context is None else refusal.context
    return _cannot_start(source, start, in_brackets=bool(refusal.brackets))


def _tab(source: Source, refusal: Refusal) -> Fault:
    return line_faults.tab(source, refusal.offset)


def _directive(source: Source, refusal: Refusal) -> Fault:
    line = line_at(source, refusal.offset)
    span = Span(source, line.start, line.start + len(line.text.rstrip()))
    return Fault("SRC003", "a line that starts with '%' is a YAML directive", span, "delete the line; nothing needs it")


def _second_document(source: Source, refusal: Refusal) -> Fault:
    line = line_at(source, refusal.offset)
    span = Span(source, refusal.offset, max(refusal.offset, line.start + len(line.text.rstrip())))
    help_ = "a file holds one document: delete the line `---`, or put the rest into a file of its own"
    return Fault("SRC009", "a second document starts here", span, help_)


def _behind_document(source: Source, refusal: Refusal) -> Fault:
    line = line_at(source, refusal.offset)
    span = Span(source, refusal.offset, max(refusal.offset, line.start + len(line.text.rstrip())))
    help_ = "a file holds one document: delete the line `...` above"
    return Fault("SRC009", "there is text after the end of the document", span, help_)


def _undefined_alias(source: Source, refusal: Refusal) -> Fault:
    value = rest_of_value(source, refusal.offset, in_brackets=bool(refusal.brackets))
    name = re.match(r"\*[0-9A-Za-z_-]*", value.text)
    span = Span(source, value.start, value.start + (name.end() if name else 1))
    help_ = f"write {quoted(value.text)} if the asterisk belongs to the value"
    return Fault("SRC006", f"there is no anchor for alias {span.text}", span, help_)


def _second_anchor(source: Source, refusal: Refusal) -> Fault:
    span = _anchor(source, refusal.offset)
    related = () if refusal.context is None else ((_anchor(source, refusal.context), "first defined here"),)
    return Fault("SRC006", f"anchor {span.text} is defined twice", span, "give one of them another name", related)


def _anchor(source: Source, start: int) -> Span:
    name = re.compile(r"(?:![^\s]*\s+)?(&[0-9A-Za-z_-]*)").match(source.text, start)
    return Span(source, *name.span(1)) if name else Span(source, start, start + 1)


def _unclosed_quote(source: Source, refusal: Refusal) -> Fault:
    start = refusal.offset if refusal.context is None else refusal.context
    return line_faults.unclosed_quote(source, start)


def _escape(source: Source, refusal: Refusal) -> Fault:
    """A backslash, in double quotes, in front of something that stands for nothing."""
    start = source.text.rfind("\\", 0, refusal.offset)
    kind = source.text[start + 1 : start + 2]
    length = _ESCAPE_LENGTHS.get(kind)
    help_ = r"write \\ for a backslash, or use single quotes, in which a backslash is nothing special"
    if length is None:
        span = Span(source, start, min(start + 2, len(source.text)))
        return Fault("SRC003", f"'{span.text}' stands for nothing in double quotes", span, help_)
    digits = re.compile("[0-9A-Fa-f]*").match(source.text, start + 2, start + 2 + length)
    span = Span(source, start, digits.end() if digits else start + 2)
    message = f"'\\{kind}' stands for a character only with {length} hexadecimal digits after it"
    return Fault("SRC003", message, span, help_)


def _no_character(source: Source, refusal: Refusal) -> Fault:
    """An escape of a surrogate, or of a number that is no character at all."""
    escapes = re.compile(r"\\(?:x..|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|.)", re.DOTALL)
    for match in escapes.finditer(source.text, refusal.offset):
        number = int(match[1] or match[2] or "0", 16)
        if number > sys.maxunicode or number in _SURROGATES:
            message = f"'{match[0]}' stands for no character"
            return Fault("SRC003", message, Span(source, *match.span()), "write the character itself")
    return unexpected(source, refusal)


def _block_scalar(source: Source, refusal: Refusal) -> Fault:
    """Text behind `|` or `>`."""
    start = refusal.offset if refusal.context is None else refusal.context
    value = rest_of_value(source, start, in_brackets=False)
    sign = source.text[start]
    help_ = (
        f"write {quoted(value.text)}; or, if '{sign}' should start a text of several lines, start it on the next line"
    )
    return Fault("SRC003", f"an unquoted value cannot start with '{sign}'", value, help_)


def _list_item(source: Source, refusal: Refusal) -> Fault:
    """`key: - item`."""
    value = rest_of_value(source, refusal.offset, in_brackets=False)
    item = value.text[1:].strip()
    help_ = f"write [{item}], or start a new line with '- '" if item else f"write {quoted(value.text)}, or []"
    return Fault("SRC003", "a list item cannot stand on the line of its key", value, help_)


def _explicit_key(source: Source, refusal: Refusal) -> Fault:
    return _cannot_start(source, refusal.offset, in_brackets=False)


_EXPLANATIONS: dict[str, Callable[[Source, Refusal], Fault]] = {
    "found character": _start_of_token,
    "found a tab": _tab,
    "found a directive": _directive,
    "but found another document": _second_document,
    "expected '<document start>'": _behind_document,
    "found undefined alias": _undefined_alias,
    "second occurrence": _second_anchor,
    "expected alphabetic or numeric": _indicator,
    "found unexpected end of stream": _unclosed_quote,
    "found unexpected document": _unclosed_quote,
    "found unknown escape": _escape,
    "expected escape sequence": _escape,
    "found invalid Unicode": _no_character,
    "expected a comment or a line break": _block_scalar,
    "expected indentation indicator": _block_scalar,
    "sequence entries are not allowed": _list_item,
    "mapping keys are not allowed": _explicit_key,
    "mapping values are not allowed": line_faults.second_colon,
    "could not find expected ':'": line_faults.missing_colon,
    "expected <block end>": line_faults.out_of_block,
    "expected ',' or": bracket_faults.between_items,
    "found unexpected ':'": bracket_faults.colon_without_space,
    "expected the node content": bracket_faults.missing_value,
}
