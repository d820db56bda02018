"""Which findings a team wants to hear of, and how loudly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.diagnostics import Diagnostic, Severity
from penstock.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from penstock.source.comments import Suppression

ALL = "ALL"
PROFILES = ("recommended", "strict")
UNREASONED = "SUP002"


class Settings(NamedTuple):
    """What is chosen: a profile, and codes or beginnings of codes (``DLQ``, ``DLQ001``, ``ALL``) to hear of, to leave out, or to rate anew.

    The profile ``recommended`` has errors and warnings, ``strict`` also infos, and wants a reason in every comment that accepts a finding.
    """

    profile: str = "recommended"
    select: tuple[str, ...] = (ALL,)
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = {}

    @property
    def strict(self) -> bool:
        """Whether the profile is ``strict``."""
        return self.profile == "strict"

    def hears_advice(self, code: str) -> bool:
        """Whether a finding may be told whose rule says that it is an info."""
        named = [selector for selector in self.select if selector != ALL]
        return self.strict or any(matches(selector, code) for selector in (*named, *self.severity))


DEFAULT = Settings()


def codes_of(suppressions: Iterable[Suppression], settings: Settings) -> Callable[[str], bool]:
    """Whether a code is asked for: by a comment that names it, or by the settings."""
    named = {code for comment in suppressions for code in comment.codes}
    return lambda code: code in named or settings.hears_advice(code)


def choose(diagnostics: Iterable[Diagnostic], settings: Settings) -> list[Diagnostic]:
    """The findings that are wanted, each with the severity that it is given. Faults that make the input unusable are no choice."""
    chosen = []
    for diagnostic in diagnostics:
        if diagnostic.rule is None:
            chosen.append(diagnostic)
            continue
        rated = _rated(diagnostic, settings)
        if rated is not None and _is_wanted(rated, settings):
            chosen.append(rated)
    return chosen


def _rated(diagnostic: Diagnostic, settings: Settings) -> Diagnostic | None:
    """With the severity that the longest matching selector gives; ``None`` where that is ``off``."""
    matching = [selector for selector in settings.severity if matches(selector, diagnostic.code)]
    if not matching:
        return diagnostic
    given = settings.severity[max(matching, key=_weight)]
    return None if given == "off" else diagnostic._replace(severity=Severity(given))


def _is_wanted(diagnostic: Diagnostic, settings: Settings) -> bool:
    """Whether the longest selector that matches says so; an info must be selected by more than ``ALL``, or by the profile."""
    wanted = max((_weight(selector) for selector in settings.select if matches(selector, diagnostic.code)), default=-1)
    unwanted = max(
        (_weight(selector) for selector in settings.ignore if matches(selector, diagnostic.code)), default=-1
    )
    if wanted <= unwanted:
        return False
    return diagnostic.severity is not Severity.INFO or settings.strict or wanted > 0


def matches(selector: str, code: str) -> bool:
    """Whether a selector means a code."""
    return selector == ALL or code.startswith(selector)


def _weight(selector: str) -> int:
    return 0 if selector == ALL else len(selector)
