"""Suppressions: comments in the topology that say why a finding is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from penstock.source.comments import Suppression

UNUSED = "SUP001"


def suppress(
    findings: Iterable[Diagnostic], suppressions: Iterable[Suppression], known: Iterable[str]
) -> list[Diagnostic]:
    """The findings that no comment accepts, and a warning for every code of a comment that accepts nothing."""
    pending = {(suppression, code) for suppression in suppressions for code in suppression.codes}
    used: set[tuple[Suppression, str]] = set()
    kept: list[Diagnostic] = []
    for finding in findings:
        by = {(suppression, code) for suppression, code in pending if _accepts(suppression, code, finding)}
        used |= by
        if not by:
            kept.append(finding)
    codes = set(known)
    return kept + [_unused(suppression, code, codes) for suppression, code in sorted(pending - used, key=_position)]


def _accepts(suppression: Suppression, code: str, finding: Diagnostic) -> bool:
    covers, span = suppression.covers, finding.span
    return code == finding.code and covers.source is span.source and covers.start <= span.start < covers.end


def _position(pair: tuple[Suppression, str]) -> tuple[int, str]:
    return pair[0].span.start, pair[1]


def _unused(suppression: Suppression, code: str, known: set[str]) -> Diagnostic:
    text = f"this comment ignores {code}, but {code} is not found here"
    help_ = "remove the comment" if code in known else f"no rule has the code {code}; `penstock rules` lists them"
    return Diagnostic(UNUSED, Severity.WARNING, text, suppression.span, help_, rule="unused-suppression")
