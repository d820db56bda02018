"""Runs the rules over a topology."""

from collections.abc import Iterable

from penstock.diagnostics import Diagnostic, Label
from penstock.lint.rule import Finding, Rule
from penstock.model.topology import Topology


def run(topology: Topology, rules: Iterable[Rule]) -> list[Diagnostic]:
    """Every finding of every rule, as diagnostics."""
    return [_diagnostic(rule, finding) for rule in rules for finding in rule.check(topology)]


def _diagnostic(rule: Rule, finding: Finding) -> Diagnostic:
    return Diagnostic(
        code=rule.code,
        severity=rule.severity,
        message=finding.message,
        span=finding.place.span(),
        help=finding.help,
        related=tuple(Label(place.span(), text) for place, text in finding.related),
        fix=finding.fix,
        rule=rule.name,
    )
