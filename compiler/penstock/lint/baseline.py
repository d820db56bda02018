"""A baseline: the findings that a repository had on the day it began to be linted. Only what is new since then is told.

A finding is known by its file, its code and its message, which names the components; where in the file it stands may change.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from penstock.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from penstock.diagnostics import Diagnostic

VERSION = 1

Known = tuple[str, str, str]
"""File, code, message."""


class BaselineError(ValueError):
    """A file is no baseline; the message says why."""


class Remaining(NamedTuple):
    """The findings that a baseline does not have, and those of its own that were not met."""

    diagnostics: list[Diagnostic]
    left: Counter[Known]


def subtract(diagnostics: Iterable[Diagnostic], baseline: Counter[Known], folder: Path) -> Remaining:
    """Take away what a baseline has, each finding as often as it has it. Faults of the input are never taken away."""
    left = Counter(baseline)
    kept = []
    for diagnostic in diagnostics:
        known = _known(diagnostic, folder)
        if diagnostic.rule is not None and left[known] > 0:
            left[known] -= 1
        else:
            kept.append(diagnostic)
    return Remaining(kept, left)


def write(diagnostics: Iterable[Diagnostic], folder: Path) -> str:
    """The text of a baseline with these findings; ``folder`` is where it will lie."""
    counted = Counter(_known(diagnostic, folder) for diagnostic in diagnostics if diagnostic.rule is not None)
    findings = [
        {"file": file, "code": code, "message": message, "count": count}
        for (file, code, message), count in sorted(counted.items())
    ]
    return json.dumps({"version": VERSION, "findings": findings}, indent=2, ensure_ascii=False) + "\n"


def read(text: str) -> Counter[Known]:
    """What a baseline holds; raises ``BaselineError``."""
    try:
        document = json.loads(text)
        version, findings = document["version"], document["findings"]
        counted = Counter({(one["file"], one["code"], one["message"]): int(one["count"]) for one in findings})
    except (ValueError, LookupError, TypeError) as error:
        message = f"this is no baseline ({error})"
        raise BaselineError(message) from error
    if version != VERSION:
        message = f"this baseline is of version {version}, and this version of penstock reads {VERSION}"
        raise BaselineError(message)
    return counted


def _known(diagnostic: Diagnostic, folder: Path) -> Known:
    path = os.path.relpath(diagnostic.span.source.path, folder)
    return Path(path).as_posix(), diagnostic.code, diagnostic.message
