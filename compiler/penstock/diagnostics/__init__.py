"""What Penstock says about an input: severity, message, places, help, and a fix where a safe one exists."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from penstock.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from penstock.source.text import Fault, Span

__all__ = ["Diagnostic", "Edit", "Fix", "Label", "Severity", "ordered"]


class Severity(enum.Enum):
    """How bad it is; an error is greater than a warning, and a warning greater than an info."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """A number to compare by: 0 for an info, 2 for an error."""
        return _RANKS[self]

    def __lt__(self, other: Severity) -> bool:
        return self.rank < other.rank

    def __le__(self, other: Severity) -> bool:
        return self.rank <= other.rank

    def __gt__(self, other: Severity) -> bool:
        return self.rank > other.rank

    def __ge__(self, other: Severity) -> bool:
        return self.rank >= other.rank


_RANKS = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


class Label(NamedTuple):
    """A place that has to do with a diagnostic, and what it has to do with it."""

    span: Span
    message: str


class Edit(NamedTuple):
    """Put `replacement` where `span` is; an empty span inserts, an empty replacement deletes."""

    span: Span
    replacement: str


class Fix(NamedTuple):
    """Edits that belong together. A safe fix keeps what the topology means; any other is a proposal to look at."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = True


class Diagnostic(NamedTuple):
    """One thing that is wrong, in words that stand alone, at its place."""

    code: str
    severity: Severity
    message: str
    span: Span
    help: str | None = None
    related: tuple[Label, ...] = ()
    fix: Fix | None = None
    rule: str | None = None

    @classmethod
    def of_fault(cls, fault: Fault, severity: Severity = Severity.ERROR) -> Diagnostic:
        """The diagnostic that says what a fault of the text says."""
        related = tuple(Label(span, message) for span, message in fault.related)
        return cls(fault.code, severity, fault.message, fault.span, fault.help, related)


def ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted as they are shown: by file, place and code; of two that agree in all that, by message."""
    return sorted(diagnostics, key=_place)


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    span = diagnostic.span
    return span.source.path, span.start, span.end, diagnostic.code, diagnostic.message
