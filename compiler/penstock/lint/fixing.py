"""Fixes made: the edits of findings, put into the texts that they belong to."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from penstock.records import NamedTuple
from penstock.source.text import Source
from penstock.source.yaml import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from penstock.diagnostics import Diagnostic, Edit, Fix


class Fixed(NamedTuple):
    """A text with some of its findings fixed."""

    source: Source
    text: str
    fixed: tuple[Diagnostic, ...]


def fix(diagnostics: Iterable[Diagnostic], *, unsafe: bool) -> list[Fixed]:
    """Make the fixes of some findings, those that are not safe only when asked to.

    Of two fixes that change the same piece of text the first is made; what is left is found again, and can be fixed then. A text that would
    be no YAML any more stays as it is.
    """
    chosen: dict[Source, list[tuple[Diagnostic, Fix]]] = defaultdict(list)
    for diagnostic in diagnostics:
        found = diagnostic.fix
        if found and (found.safe or unsafe) and len({edit.span.source for edit in found.edits}) == 1:
            chosen[found.edits[0].span.source].append((diagnostic, found))
    texts = [_fixed(source, fixes) for source, fixes in chosen.items()]
    return [one for one in texts if one.text != one.source.text and _is_sound(one)]


def _fixed(source: Source, fixes: Sequence[tuple[Diagnostic, Fix]]) -> Fixed:
    made: list[Edit] = []
    diagnostics: list[Diagnostic] = []
    for diagnostic, one in fixes:
        fresh = [edit for edit in one.edits if edit not in made]
        if any(_collide(edit, other) for edit in fresh for other in made):
            continue
        made += fresh
        diagnostics.append(diagnostic)
    text = source.text
    for edit in sorted(made, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.replacement + text[edit.span.end :]
    return Fixed(source, text, tuple(diagnostics))


def _collide(one: Edit, other: Edit) -> bool:
    """Whether two edits touch the same text. Two that only insert at one place can both be made, one after the other."""
    a, b = one.span, other.span
    if a.start == a.end and b.start == b.end:
        return False
    return (a.start < b.end and b.start < a.end) or (a.start == b.start)


def _is_sound(fixed: Fixed) -> bool:
    document, faults = parse(Source(fixed.source.path, fixed.text))
    return document is not None and not faults
