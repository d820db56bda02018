"""Diagnostics for programs: one JSON document, in which lines and columns count from 1 and columns are characters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from penstock.diagnostics import Diagnostic, Fix
    from penstock.source.text import Span

FORMAT_VERSION = 1


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """All diagnostics in the order given."""
    document = {"version": FORMAT_VERSION, "diagnostics": [_diagnostic(diagnostic) for diagnostic in diagnostics]}
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return text.encode(errors="replace").decode()  # a file name may hold bytes that are no text


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "rule": diagnostic.rule,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
        **_place(diagnostic.span),
        "related": [{**_place(label.span), "message": label.message} for label in diagnostic.related],
        "fix": None if diagnostic.fix is None else _fix(diagnostic.fix),
    }


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [{**_place(edit.span), "replacement": edit.replacement} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def _place(span: Span) -> dict[str, Any]:
    begin, end = span.begin, span.finish
    return {
        "file": span.source.path,
        "begin": {"line": begin.line, "column": begin.column},
        "end": {"line": end.line, "column": end.column},
    }
