"""Findings for programs."""

from penstock import __version__
from penstock.cli.linting import Run


def rendered(run: Run, format_: str) -> str:
    """Everything that is told, in one of the forms that programs read."""
    match format_:
        case "json":
            from penstock.diagnostics.json import render_json

            return render_json(run.diagnostics)
        case "sarif":
            from penstock.diagnostics.sarif import RuleText, described, render_sarif
            from penstock.lint.rules import RULES

            texts = ((rule.code, RuleText(rule.name, rule.title, rule.manual.strip(), rule.severity)) for rule in RULES)
            return render_sarif(run.diagnostics, described(texts), __version__)
        case "github":
            from penstock.diagnostics.reports import render_github

            return render_github(run.diagnostics)
        case "gitlab":
            from penstock.diagnostics.reports import render_gitlab

            return render_gitlab(run.diagnostics)
        case "junit":
            from penstock.diagnostics.reports import render_junit

            return render_junit([(str(one.path), one.diagnostics) for one in run.checked])
        case _:
            raise LookupError(format_)
