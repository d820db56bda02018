"""Diagnostics as JSON, for tools."""

import json
from collections.abc import Iterable
from typing import Any

from penstock.diagnostics import Diagnostic, Fix
from penstock.source.text import Position, Span

VERSION = 1


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """An object with the format's ``version`` and the ``diagnostics`` in their order; positions count from 1."""
    value = {"version": VERSION, "diagnostics": [_diagnostic(diagnostic) for diagnostic in diagnostics]}
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "rule": diagnostic.rule,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
        **_place(diagnostic.span),
        "related": [{**_place(label.span), "message": label.message} for label in diagnostic.related],
        "fix": _fix(diagnostic.fix) if diagnostic.fix else None,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [{**_place(edit.span), "replacement": edit.replacement} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def _place(span: Span) -> dict[str, Any]:
    return {"file": span.source.path, "begin": _position(span.begin), "end": _position(span.finish)}


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column}
