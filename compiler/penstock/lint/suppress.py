"""Suppressions: comments in the topology that say why a finding is accepted."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING

from penstock.diagnostics import Diagnostic, Edit, Fix, Severity
from penstock.lint.settings import UNREASONED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from penstock.source.comments import Suppression
    from penstock.source.text import Span

UNUSED = "SUP001"
STRUCTURAL = frozenset({"GRF003"})
"""Codes that no comment accepts: a connection for which there is no hop cannot be compiled, whoever says why."""


class _Comments:
    """The comments that ignore one code, found by the place of a finding without looking at all of them."""

    def __init__(self, comments: Iterable[Suppression]) -> None:
        self._comments = sorted(comments, key=lambda comment: comment.covers.start)
        self._starts = [comment.covers.start for comment in self._comments]
        self._longest = max(comment.covers.end - comment.covers.start for comment in self._comments)

    def accepting(self, span: Span) -> Iterator[Suppression]:
        """The comments that cover the start of a span."""
        first, last = (bisect_right(self._starts, offset) for offset in (span.start - self._longest, span.start))
        for comment in self._comments[first:last]:
            if comment.covers.source is span.source and span.start < comment.covers.end:
                yield comment


def suppress(
    findings: Iterable[Diagnostic], suppressions: Iterable[Suppression], known: Callable[[], Iterable[str]]
) -> list[Diagnostic]:
    """The findings that no comment accepts, and a warning for every code of a comment that accepts nothing.

    ``known`` tells the codes that there are; it is asked only where a comment accepts nothing.
    """
    pending = {(suppression, code) for suppression in suppressions for code in suppression.codes}
    by_code: dict[str, list[Suppression]] = defaultdict(list)
    for suppression, code in pending:
        by_code[code].append(suppression)
    comments = {code: _Comments(several) for code, several in by_code.items()}
    kept: list[Diagnostic] = []
    used: set[tuple[Suppression, str]] = set()
    for finding in findings:
        found = comments.get(finding.code) if finding.code not in STRUCTURAL else None
        by = {(comment, finding.code) for comment in found.accepting(finding.span)} if found else set()
        used |= by
        if not by:
            kept.append(finding)
    codes = set(known()) if pending - used else set()
    return kept + [_unused(suppression, code, codes) for suppression, code in sorted(pending - used, key=_position)]


def unreasoned(suppressions: Iterable[Suppression]) -> Iterator[Diagnostic]:
    """A warning for every comment that accepts a finding without saying why."""
    for suppression in suppressions:
        if suppression.reason is None:
            text = f"this comment ignores {', '.join(suppression.codes) or 'nothing'} without a reason"
            help_ = "write `because ...` behind it"
            yield Diagnostic(
                UNREASONED, Severity.WARNING, text, suppression.span, help_, rule="suppression-without-reason"
            )


def _position(pair: tuple[Suppression, str]) -> tuple[int, str]:
    return pair[0].span.start, pair[1]


def _unused(suppression: Suppression, code: str, known: set[str]) -> Diagnostic:
    text = f"this comment ignores {code}, but {code} is not found here"
    help_ = "remove the comment" if code in known else f"no rule has the code {code}; `penstock rules` lists them"
    fix = None
    if len(suppression.codes) == 1:
        from penstock.source.editing import without_comment  # few comments accept nothing

        fix = Fix("remove the comment", (Edit(without_comment(suppression.span.source, suppression.span), ""),))
    return Diagnostic(UNUSED, Severity.WARNING, text, suppression.span, help_, fix=fix, rule="unused-suppression")
