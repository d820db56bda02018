"""A document as it is in one environment: overlay, variables, and whether the schema takes the result."""

from typing import TYPE_CHECKING

from penstock.diagnostics import Diagnostic, Severity
from penstock.model.environments import Overlaid, names, unknown
from penstock.model.variables import NO_ENVIRONMENT, impossible, unused, write_out
from penstock.records import NamedTuple
from penstock.schema import check as check_schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from penstock.source.document import Document

__all__ = ["Variant", "names", "needs_environment", "unused", "vary"]


class Variant(NamedTuple):
    """A document in one environment, unless there is none; the variables in it; and what is wrong."""

    environment: str | None
    document: "Document | None"
    variables: frozenset[str]
    diagnostics: list[Diagnostic]


def needs_environment(faults: "Iterable[Diagnostic]") -> bool:
    """Whether a document without an environment is no topology because its texts name the environment."""
    return any(fault.code == NO_ENVIRONMENT for fault in faults)


def vary(document: "Document", environment: str | None) -> Variant:
    """The document in an environment, or in none."""
    faults = list(unknown(document, environment))
    if environment is not None and environment not in names(document):
        return Variant(environment, None, frozenset(), faults)
    overlaid = Overlaid(document, environment)
    written = write_out(overlaid, environment)
    overlaid.data = written.sample
    faults += [*check_schema(overlaid), *written.faults, *impossible(overlaid)]
    if any(fault.severity is Severity.ERROR for fault in faults):
        return Variant(environment, None, written.met, faults)
    overlaid.data = written.data
    return Variant(environment, overlaid, written.met, faults)
