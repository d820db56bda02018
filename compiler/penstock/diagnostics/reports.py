"""Diagnostics in the forms that CI services read: GitHub's workflow commands, GitLab's Code Quality report, JUnit's XML."""

from __future__ import annotations

import json
import re
from pathlib import PurePath
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from penstock.diagnostics import Severity
from penstock.diagnostics.sarif import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from penstock.diagnostics import Diagnostic

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_GITLAB = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}


def render_github(diagnostics: Iterable[Diagnostic]) -> str:
    """A workflow command for each, which GitHub shows beside the line it is about.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    return "".join(f"{_command(diagnostic)}\n" for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    begin, end = diagnostic.span.begin, diagnostic.span.finish
    title = f"{diagnostic.code} {diagnostic.rule}" if diagnostic.rule else diagnostic.code
    properties = {
        "file": PurePath(diagnostic.span.source.path).as_posix(),
        "line": begin.line,
        "endLine": end.line,
        "title": title,
    }
    if begin.line == end.line:
        properties |= {"col": begin.column, "endColumn": end.column}
    named = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in properties.items())
    text = diagnostic.message + (f"\nhelp: {diagnostic.help}" if diagnostic.help else "")
    return f"::{_COMMANDS[diagnostic.severity]} {named}::{_escaped(text)}"


def _escaped(text: str, more: str = "") -> str:
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def render_gitlab(diagnostics: Iterable[Diagnostic]) -> str:
    """A Code Quality report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format."""
    issues = [
        {
            "description": diagnostic.message,
            "check_name": diagnostic.code,
            "fingerprint": fingerprint(diagnostic),
            "severity": _GITLAB[diagnostic.severity],
            "location": {
                "path": PurePath(diagnostic.span.source.path).as_posix(),
                "lines": {"begin": diagnostic.span.begin.line, "end": diagnostic.span.finish.line},
            },
        }
        for diagnostic in diagnostics
    ]
    return (json.dumps(issues, indent=2, ensure_ascii=False) + "\n").encode(errors="replace").decode()


def render_junit(checked: Sequence[tuple[str, Sequence[Diagnostic]]]) -> str:
    """A test suite for each topology, with a failed test for each of its diagnostics, or one that passed where it has none."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="penstock">']
    for name, diagnostics in checked:
        count = len(diagnostics)
        lines.append(f'  <testsuite name={_attribute(name)} tests="{count or 1}" failures="{count}" errors="0">')
        lines += (
            _failures(diagnostics) if diagnostics else [f'    <testcase classname="penstock" name={_attribute(name)}/>']
        )
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _failures(diagnostics: Sequence[Diagnostic]) -> Iterator[str]:
    for diagnostic in diagnostics:
        begin = diagnostic.span.begin
        place = f"{diagnostic.span.source.path}:{begin.line}:{begin.column}"
        name = f"{diagnostic.code} {place}"
        text = f"{place}: {diagnostic.message}" + (f"\nhelp: {diagnostic.help}" if diagnostic.help else "")
        yield f'    <testcase classname="penstock" name={_attribute(name)}>'
        kind, message = _attribute(diagnostic.severity.value), _attribute(diagnostic.message)
        yield f"      <failure type={kind} message={message}>{escape(_xml(text))}</failure>"
        yield "    </testcase>"


def _attribute(text: str) -> str:
    return quoteattr(_xml(text))


def _xml(text: str) -> str:
    """A text without the characters that XML 1.0 cannot hold."""
    return _NO_XML.sub("?", text)
