"""The findings of a topology's environments, each told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from penstock.diagnostics import Diagnostic

_Mark = tuple[str, str, int, int, str]


def told_once(found: Sequence[tuple[str | None, Sequence[Diagnostic]]]) -> list[Diagnostic]:
    """The findings by environment (``None``: without one) as one list; what is found only in some of them names these."""
    first: dict[_Mark, Diagnostic] = {}
    where: dict[_Mark, list[str | None]] = {}
    for environment, diagnostics in found:
        for diagnostic in diagnostics:
            mark = _mark(diagnostic)
            first.setdefault(mark, diagnostic)
            if environment not in where.setdefault(mark, []):
                where[mark].append(environment)
    return [
        diagnostic if len(where[mark]) == len(found) else _named(diagnostic, where[mark])
        for mark, diagnostic in first.items()
    ]


def _mark(diagnostic: Diagnostic) -> _Mark:
    span = diagnostic.span
    return diagnostic.code, span.source.path, span.start, span.end, diagnostic.message


def _named(diagnostic: Diagnostic, environments: Sequence[str | None]) -> Diagnostic:
    if None in environments:
        return diagnostic
    names = [repr(name) for name in environments]
    *head, last = names
    words = f"environments {', '.join(head)} and {last}" if head else f"environment {last}"
    return diagnostic._replace(message=f"{diagnostic.message} (in {words})")
