"""Edits of a YAML text that keep its comments and its layout: they write one value, and touch nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yaml.nodes import MappingNode, ScalarNode

from penstock.source.text import Span

if TYPE_CHECKING:
    from penstock.source.text import Source
    from penstock.source.yaml import Document, Route

Change = tuple[Span, str]
"""A piece of the text, and what to put in its place."""

_REST_OF_LINE = re.compile(r"[^\r\n]*")


def put(document: Document, route: Route, text: str, short: str | None = None) -> Change | None:
    """The edit after which ``text`` (YAML on one line) stands at a route, or ``None`` where no small edit does it.

    What is missing on the way there is written too. ``short`` is the key that a plain text in the place of the last mapping stands for:
    ``from: orders`` becomes ``from: {source: orders, ...}``. Something that an alias stands for has several places and is left alone.
    """
    while not document.has(route[:-1]):
        route, text = route[:-1], f"{{{route[-1]}: {text}}}"
    if document.is_shared(route):
        return None
    if document.has(route):
        return _over(document, route, text)
    return _into(document, route, text, short)


def _over(document: Document, route: Route, text: str) -> Change | None:
    span = document.value(route)
    if isinstance(document.node(route), ScalarNode):
        return span, text if span.text else f" {text}"
    return None if _spans_lines(span) else (span, text)


def _into(document: Document, route: Route, text: str, short: str | None) -> Change | None:
    parent, key = document.node(route[:-1]), route[-1]
    span = document.value(route[:-1])
    if isinstance(key, int):
        return None
    if isinstance(parent, ScalarNode):
        if not span.text:
            return span, f" {{{key}: {text}}}"
        return (span, f"{{{short}: {span.text}, {key}: {text}}}") if short and not _spans_lines(span) else None
    if not isinstance(parent, MappingNode):
        return None
    if not parent.value:
        return span, f"{{{key}: {text}}}"
    last = document.value((*route[:-1], parent.value[-1][0].value))
    if parent.flow_style:
        return Span(document.source, last.end, last.end), f", {key}: {text}"
    return _line_end(document.source, last), f"{_line_break(document.source)}{_indent(parent)}{key}: {text}"


def _line_end(source: Source, last: Span) -> Span:
    """The end of the line on which something ends, behind a comment there."""
    match = _REST_OF_LINE.match(source.text, last.end)
    end = match.end() if match else last.end
    return Span(source, end, end)


def _indent(mapping: MappingNode) -> str:
    """The blanks in front of the keys of a block mapping."""
    column: int = mapping.value[0][0].start_mark.column
    return " " * column


def _line_break(source: Source) -> str:
    return "\r\n" if "\r\n" in source.text else "\n"


def _spans_lines(span: Span) -> bool:
    return "\n" in span.text or "\r" in span.text


def without_comment(source: Source, comment: Span) -> Span:
    """What to take away with a comment: the blanks before it or, where it has a line of its own, the line."""
    begin = source.starts[comment.begin.line - 1]
    before = source.text[begin : comment.start]
    if before.strip():
        return Span(source, begin + len(before.rstrip()), comment.end)
    rest = re.compile(r"[ \t]*(\r\n|\n|\r)?").match(source.text, comment.end)
    return Span(source, begin, rest.end() if rest else comment.end)
