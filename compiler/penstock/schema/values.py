"""Values that a place of the schema does not take."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from penstock.schema import guesses, report, suggest, wording
from penstock.schema.definitions import resolved
from penstock.schema.units import Bounds, amount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.diagnostics import Diagnostic
    from penstock.schema.report import Violation

_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0"}
_DIGITS = "0123456789."
_SHORT = 8
_MANY = 8


def wrong_type(violation: Violation) -> Iterator[Diagnostic]:
    """A value of another JSON type than the schema wants; YAML's surprises first."""
    for surprise in (_bare_number, _unquoted, _quoted, _listed_names):
        told = surprise(violation)
        if told is not None:
            yield told
            return
    needed = violation.node.get("required")
    if needed and "examples" not in violation.node:
        yield _wrong(violation, f"it needs {wording.listed(map(repr, needed))}")
    else:
        yield _wrong(violation, wording.such_as(violation.node))


def wrong_choice(violation: Violation) -> Iterator[Diagnostic]:
    """A value that is none of those which are possible."""
    value, node = violation.value, violation.node
    what = _not_built(violation)
    if what is not None:
        yield what
        return
    options = [option for option in node.get("enum", [node.get("const")]) if option is not None]
    needed, help_ = _offer(violation, options)
    message = f"{violation.subject} is {wording.found(value)}, but {needed}"
    guess = _nearest_choice(violation, options)
    if guess is None:
        yield report.error(report.WRONG_VALUE, message, violation.span, help_)
        return
    fix = report.replace(violation.span, guess, safe=False)
    yield report.error(report.WRONG_VALUE, message, violation.span, f"did you mean '{guess}'?", fix)


def wrong_text(violation: Violation) -> Iterator[Diagnostic]:
    """A text that is not written as it should be."""
    bounds = Bounds.of(violation.node)
    if "x-name" in violation.node:
        yield _not_built(violation) or _bad_name(violation)
    elif bounds is None:
        yield _wrong(violation, wording.such_as(violation.node))
    else:
        yield _bad_amount(violation, bounds)


def too_long(violation: Violation) -> Iterator[Diagnostic]:
    """A text with too many characters."""
    code = report.BAD_NAME if "x-name" in violation.node else report.OUT_OF_RANGE
    length = f"has {len(violation.value)} characters, but at most {violation.limit} are possible"
    message = f"{_subject_of_text(violation)} {length}"
    yield report.error(code, message, violation.span, wording.limit_source(violation.node.get("x-source")))


def empty(violation: Violation) -> Iterator[Diagnostic]:
    """A text, list or mapping with nothing in it."""
    shown = wording.such_as(violation.choice or violation.node)
    help_ = "leave the key out, or give it a value" + (f", {shown}" if shown else "")
    yield report.error(report.WRONG_VALUE, f"{_subject_of_text(violation)} is empty", violation.span, help_)


def out_of_range(violation: Violation) -> Iterator[Diagnostic]:
    """A number that is too small or too large."""
    limit = f"at {'least' if violation.keyword == 'minimum' else 'most'} {violation.limit}"
    message = f"{violation.subject} is {wording.found(violation.value)}, but {limit} is possible"
    yield report.error(
        report.OUT_OF_RANGE, message, violation.span, wording.limit_source(violation.node.get("x-source"))
    )


def _wrong(violation: Violation, help_: str | None) -> Diagnostic:
    value, noun = violation.value, wording.a(wording.expected(violation.node))
    if violation.is_name:
        message = f"{wording.subject(violation.route[:-1])}: '{value}' cannot be {noun}"
    else:
        message = f"{violation.subject} is {wording.found(value)}, but {noun} is expected"
    return report.error(report.WRONG_VALUE, message, violation.span, help_)


def _bare_number(violation: Violation) -> Diagnostic | None:
    """An amount without its unit."""
    value, bounds = violation.value, Bounds.of(violation.node)
    if bounds is None or isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    message = f"{violation.subject} is {wording.found(value)}, but {wording.a(bounds.unit)} needs its unit"
    whole = value if isinstance(value, int) else None
    meant = [] if whole is None else guesses.spellings(whole, bounds, violation.node["examples"][0])
    meant = [text for text in meant if text in violation.node.get("enum", [text])]
    help_ = f"write {wording.listed(meant, 'or')}" if meant else wording.such_as(violation.node)
    return report.error(report.WRONG_VALUE, message, violation.span, help_)


def _unquoted(violation: Violation) -> Diagnostic | None:
    """A number or boolean where a text is wanted: YAML needs quotes to see a text in it."""
    value = violation.value
    if violation.keyword != "type" or "string" not in violation.limit or "enum" in violation.node:
        return None
    if not isinstance(value, (bool, int, float)):
        return None
    quoted = json.dumps(violation.span.text, ensure_ascii=False)
    kind = "a boolean" if isinstance(value, bool) else "a number"
    message = f"{violation.subject} is {kind}, but {wording.a(wording.expected(violation.node))} is a text"
    fix = report.replace(violation.span, quoted, safe=True)
    return report.error(report.WRONG_VALUE, message, violation.span, f"put quotes around it: {quoted}", fix)


def _quoted(violation: Violation) -> Diagnostic | None:
    """A number or boolean that was written as a text."""
    value = violation.value
    if not isinstance(value, str):
        return None
    plain = None
    if _wants(violation, "integer") and value.isascii() and value.isdigit() and len(value) <= _SHORT:
        plain = str(int(value))
    elif _wants(violation, "boolean") and value.lower() in _TRUE | _FALSE:
        plain = "true" if value.lower() in _TRUE else "false"
    if plain is None:
        return None
    noun = wording.a(wording.expected(violation.node))
    message = f"{violation.subject} is the text '{value}', but {noun} is expected"
    fix = report.replace(violation.span, plain, safe=True)
    return report.error(report.WRONG_VALUE, message, violation.span, f"write {plain} without quotes", fix)


def _listed_names(violation: Violation) -> Diagnostic | None:
    """A list where a mapping by names is wanted."""
    node = violation.node
    if not isinstance(violation.value, list) or not _wants(violation, "object") or "additionalProperties" not in node:
        return None
    if node["additionalProperties"] is False:
        return None
    return _wrong(violation, f"the names are keys, {wording.such_as(node)}")


def _wants(violation: Violation, kind: str) -> bool:
    if violation.keyword == "anyOf":
        return any(kind in resolved(branch)["type"] for branch in violation.limit)
    return violation.keyword == "type" and kind in violation.limit


def _offer(violation: Violation, options: list[object]) -> tuple[str, str | None]:
    """What can stand where a value is none of the options: for the end of the message, and help."""
    if violation.choice is not None:
        noun = wording.a(wording.expected(violation.choice))
        return f"{noun} is expected", wording.such_as(violation.choice)
    if len(options) > _MANY:
        return "that is none of the possible values", f"possible: {', '.join(map(wording.flow, options))}"
    return wording.possible(options), violation.node.get("description")


def _not_built(violation: Violation) -> Diagnostic | None:
    value = violation.value
    for pattern, what in violation.node.get("x-not-built", {}).items():
        if isinstance(value, str) and fnmatchcase(value, pattern):
            message = f"{violation.subject} is '{value}' ({what}), which this version does not build yet"
            return report.error(report.NOT_BUILT, message, violation.span, "it is part of the language")
    return None


def _nearest_choice(violation: Violation, options: list[object]) -> str | None:
    value = violation.value
    if not isinstance(value, str):
        return None
    words = [option for option in options if isinstance(option, str)]
    unit = violation.node.get("x-unit")
    wanted = amount(value, unit) if unit else None
    if unit and wanted is not None:
        return next((word for word in words if (amount(word, unit) or 0) >= wanted), words[-1])
    guess = suggest.nearest(value, words)
    is_other_version = guess is not None and guess.strip(_DIGITS) == value.strip(_DIGITS)
    return None if is_other_version else guess


def _bad_name(violation: Violation) -> Diagnostic:
    value, kind, noun = violation.value, violation.node["x-name"], wording.expected(violation.node)
    guess = suggest.message_name(value) if kind == "message" else suggest.component_name(value)
    rule = "a capital letter, then letters and digits" if kind == "message" else "small letters, digits and hyphens"
    help_ = f"{rule}, such as '{guess or violation.node['examples'][0]}'"
    if violation.is_name:
        message = f"'{value}' cannot be {wording.a(noun)}"
        return report.error(report.BAD_NAME, message, violation.span, help_)
    message = f"{violation.subject} is {wording.found(value)}, but that cannot be {wording.a(noun)}"
    return report.error(report.BAD_NAME, message, violation.span, help_)


def _bad_amount(violation: Violation, bounds: Bounds) -> Diagnostic:
    message = f"{violation.subject} is {wording.found(violation.value)}, but that is no {bounds.unit}"
    meant = guesses.meant(violation.value, bounds)
    if meant is None:
        return report.error(report.WRONG_VALUE, message, violation.span, wording.such_as(violation.node))
    fix = report.replace(violation.span, meant, safe=False)
    return report.error(report.WRONG_VALUE, message, violation.span, f"did you mean '{meant}'?", fix)


def _subject_of_text(violation: Violation) -> str:
    return f"the name '{violation.value[:20]}…'" if violation.is_name and violation.value else violation.subject
