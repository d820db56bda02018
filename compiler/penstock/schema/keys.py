"""Keys that are too many or too few."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from penstock.schema import report, wording
from penstock.schema.definitions import resolved
from penstock.schema.suggest import misspelt, nearest
from penstock.source.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from penstock.diagnostics import Diagnostic
    from penstock.schema.report import Violation


def unknown(violation: Violation) -> Iterator[Diagnostic]:
    """Each key that the schema does not know, at its own place."""
    torn: list[str] = []
    text = None
    for key, value in violation.value.items():
        if text is not None and value is None and _is_torn(violation, key):
            torn.append(key)
            continue
        if text is not None and torn:
            yield _torn(violation, text, torn)
        text, torn = (key if isinstance(value, str) else None), []
        if key not in violation.holder["properties"]:
            yield _unknown(violation, key)
    if text is not None and torn:
        yield _torn(violation, text, torn)


def missing(violation: Violation) -> Iterator[Diagnostic]:
    """Each key that a mapping needs and has not. One that was misspelt, or has another in its place, is an unknown key, told once."""
    properties = violation.holder["properties"]
    if any(key in violation.value for key in violation.holder.get("x-instead", ())):
        return
    for key in violation.limit:
        if key in violation.value:
            continue
        meant = misspelt(key, violation.value, properties)
        if meant is None:
            yield report.missing(violation.document, violation.route, key, resolved(properties[key]))
        elif violation.holder.get("additionalProperties") is not False:
            yield _unknown(violation, meant)


def _unknown(violation: Violation, key: str) -> Diagnostic:
    document, holder = violation.document, violation.holder
    span = report.at_key(document, (*violation.route, key))
    if key in holder.get("x-not-built", {}):
        what = holder["x-not-built"][key]
        message = f"{violation.subject} has '{key}' ({what}), which this version does not build yet"
        return report.error(report.NOT_BUILT, message, span, "it is part of the language; leave it out for now")
    message = f"{violation.subject} has an unknown key '{key}'"
    if key in holder.get("x-elsewhere", {}):
        return report.error(report.UNKNOWN_KEY, message, span, holder["x-elsewhere"][key])
    free = [name for name in holder["properties"] if name not in violation.value]
    guess = nearest(key, free)
    if guess is None:
        return report.error(report.UNKNOWN_KEY, message, span, _possible(key, free, holder["properties"]))
    fix = report.replace(span, guess, safe=False)
    return report.error(report.UNKNOWN_KEY, message, span, f"did you mean '{guess}'?", fix)


def _possible(key: str, free: list[str], known: Mapping[str, object]) -> str | None:
    taken = nearest(key, known)
    if taken is not None:
        return f"'{taken}' stands here already"
    if not free:
        return f"nothing else can stand beside {wording.listed(repr(name) for name in known)}"
    return f"possible here: {', '.join(free)}"


def _is_torn(violation: Violation, key: str) -> bool:
    """Whether a key has no colon behind it and no near relative: then it was the rest of a text with a comma."""
    if key in violation.holder["properties"] or nearest(key, violation.holder["properties"]):
        return False
    span = report.at_key(violation.document, (*violation.route, key))
    return not span.source.text[span.end :].lstrip().startswith(":")


def _torn(violation: Violation, key: str, rest: list[str]) -> Diagnostic:
    document, route = violation.document, violation.route
    source, start, _ = document.value((*route, key))
    span = Span(source, start, report.at_key(document, (*route, rest[-1])).end)
    quoted = json.dumps(span.text, ensure_ascii=False)
    message = f"{violation.subject}: the text of '{key}' ends at its comma, and '{rest[0]}' became a key"
    fix = report.replace(span, quoted, safe=False)
    return report.error(report.UNKNOWN_KEY, message, span, f"quote the whole text: {key}: {quoted}", fix)
