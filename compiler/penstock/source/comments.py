"""Comments that silence findings: `# penstock: ignore[DLQ002, VIS001] because the upstream resends every hour`."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

from penstock.records import value
from penstock.source.text import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.source.yaml import Document

_COMMENT = re.compile(
    r"#[ \t]*penstock:[ \t]*ignore\b[ \t]*(?:\[(?P<codes>[^\]\r\n]*)\])?[ \t]*(?:because\b[ \t]*(?P<reason>[^\r\n]*))?[^\r\n]*",
)


@value
class Suppression:
    """One such comment: the codes that it names, why, and the piece of text for which it holds.

    `codes` is empty when the comment names none, and `reason` None when it gives none.
    """

    span: Span
    codes: tuple[str, ...]
    reason: str | None
    covers: Span


def suppressions(document: Document) -> list[Suppression]:
    """All of them, in the order of the text; a number sign inside of a scalar starts no comment."""
    source = document.source
    matches = [match for match in _COMMENT.finditer(source.text) if _is_first_of_its_comment(source, match.start())]
    if not matches:
        return []
    lines = [_line_meant(source, match.start()) for match in matches]
    hidden, ends = _survey(document, [match.start() for match in matches], set(lines))
    return [
        _suppression(source, match, line, ends)
        for match, line in zip(matches, lines, strict=True)
        if match.start() not in hidden
    ]


def _is_first_of_its_comment(source: Source, offset: int) -> bool:
    """Whether a comment starts here: on a line of comment alone, nothing may stand in front of the words."""
    line, column = source.position(offset)
    before = source.line(line)[: column - 1].lstrip()
    return not before.startswith("#")


def _line_meant(source: Source, offset: int) -> int:
    """The line of a comment; where it stands alone, the next that holds something else."""
    line, column = source.position(offset)
    return line if source.line(line)[: column - 1].strip() else _next_content(source, line)


def _survey(document: Document, offsets: list[int], lines: set[int]) -> tuple[set[int], dict[int, int]]:
    """Which of the offsets lie inside of a scalar, and for each of the lines how far the values reach whose keys stand on it."""
    hidden: set[int] = set()
    ends: dict[int, int] = {}
    for key, node in _entries(document.root):
        surrounds = bisect_left(offsets, node.start_mark.index) < bisect_left(offsets, node.end_mark.index)
        line = 0 if key is None else document.source.position(key.start_mark.index).line
        if not surrounds and line not in lines:
            continue
        place = document.place(key, node)
        if isinstance(node, ScalarNode):
            start = place.start + (len(place.text.splitlines()[0]) if node.style in {"|", ">"} else 0)
            hidden.update(offsets[bisect_left(offsets, start) : bisect_left(offsets, place.end)])
        if line in lines:
            ends[line] = max(ends.get(line, 0), place.end)
    return hidden, ends


def _entries(root: Node) -> Iterator[tuple[Node | None, Node]]:
    """Every node once, with the key that it is the value of."""
    met = {id(root)}
    todo: list[tuple[Node | None, Node]] = [(None, root)]
    while todo:
        key, node = todo.pop()
        yield key, node
        pairs: list[tuple[Node | None, Node]] = []
        if isinstance(node, MappingNode):
            pairs = [pair for name, value in node.value for pair in ((None, name), (name, value))]
        elif isinstance(node, CollectionNode):
            pairs = [(None, item) for item in node.value]
        for pair in pairs:
            if id(pair[1]) not in met:
                met.add(id(pair[1]))
                todo.append(pair)


def _suppression(source: Source, match: re.Match[str], line: int, ends: dict[int, int]) -> Suppression:
    codes = tuple(code for code in re.split(r"[,\s]+", match["codes"] or "") if code)
    start = source.starts[line - 1]
    content = source.line(line)
    covers = Span(
        source,
        start + len(content) - len(content.lstrip()),
        max(start + len(content.rstrip()), ends.get(line, 0)),
    )
    span = Span(source, match.start(), match.start() + len(match[0].rstrip()))
    return Suppression(span, codes, (match["reason"] or "").strip() or None, covers)


def _next_content(source: Source, line: int) -> int:
    """The next line that holds more than a comment; where there is none, the line itself."""
    for number in range(line + 1, source.line_count + 1):
        content = source.line(number).lstrip()
        if content and not content.startswith("#"):
            return number
    return line
