"""Diagnostics as SARIF 2.1.0, which code scanning reads: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from penstock.diagnostics import Severity
from penstock.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from penstock.diagnostics import Diagnostic, Fix
    from penstock.source.text import Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


class RuleText(NamedTuple):
    """What is said of a rule: its name, its first line, and its manual page in Markdown."""

    name: str
    title: str
    manual: str
    severity: Severity


def render_sarif(diagnostics: Sequence[Diagnostic], rules: Mapping[str, RuleText], version: str) -> str:
    """All diagnostics in the order given, and the manual pages of ``rules``, by code."""
    codes = list(rules)
    run = {
        "tool": {
            "driver": {
                "name": "penstock",
                "version": version,
                "rules": [_rule(code, rule) for code, rule in rules.items()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, codes) for diagnostic in diagnostics],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode(errors="replace").decode()


def _rule(code: str, rule: RuleText) -> dict[str, Any]:
    return {
        "id": code,
        "name": rule.name,
        "shortDescription": {"text": rule.title},
        "help": {"text": rule.manual, "markdown": rule.manual},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(diagnostic: Diagnostic, codes: Sequence[str]) -> dict[str, Any]:
    text = diagnostic.message + (f"\n{diagnostic.help}" if diagnostic.help else "")
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": text},
        "locations": [{"physicalLocation": _location(diagnostic.span)}],
        "partialFingerprints": {"penstock/v1": fingerprint(diagnostic)},
    }
    if diagnostic.code in codes:
        result["ruleIndex"] = codes.index(diagnostic.code)
    if diagnostic.related:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _location(label.span), "message": {"text": label.message}}
            for number, label in enumerate(diagnostic.related)
        ]
    if diagnostic.fix:
        result["fixes"] = [_fix(diagnostic.fix)]
    return result


def fingerprint(diagnostic: Diagnostic) -> str:
    """What stays the same when a finding moves within its file."""
    parts = diagnostic.span.source.path, diagnostic.code, diagnostic.message
    return sha256("\n".join(parts).encode(errors="replace")).hexdigest()[:32]


def _location(span: Span) -> dict[str, Any]:
    return {"artifactLocation": _artifact(span), "region": _region(span)}


def _artifact(span: Span) -> dict[str, str]:
    path = PurePath(span.source.path)
    uri = path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="replace")
    return {"uri": uri}


def _region(span: Span) -> dict[str, int]:
    begin, end = span.begin, span.finish
    return {"startLine": begin.line, "startColumn": begin.column, "endLine": end.line, "endColumn": end.column}


def _fix(fix: Fix) -> dict[str, Any]:
    changes: dict[str, dict[str, Any]] = {}
    for edit in fix.edits:
        change = changes.setdefault(
            edit.span.source.path, {"artifactLocation": _artifact(edit.span), "replacements": []}
        )
        change["replacements"].append(
            {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.replacement}}
        )
    return {"description": {"text": fix.title}, "artifactChanges": list(changes.values())}


def described(pairs: Iterable[tuple[str, RuleText]]) -> dict[str, RuleText]:
    """Rules by code, in the order of their codes."""
    return dict(sorted(pairs))
