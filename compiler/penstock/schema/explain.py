"""Why a topology does not fit the schema, in words, each fault at its own place.

`jsonschema` finds the faults. It is asked about one component at a time with the one definition that the component's section
and type select, because asked about everything at once it would report that nothing fits anything. Of the branches of an
`anyOf` only the one that the value was meant for is reported.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema.exceptions import ValidationError
from jsonschema.validators import Draft202012Validator, extend

from penstock import resources
from penstock.schema import keys, report, values, wording
from penstock.schema.definitions import SECTIONS, definition, frame, resolved, site
from penstock.schema.report import Violation
from penstock.schema.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jsonschema.protocols import Validator

    from penstock.diagnostics import Diagnostic
    from penstock.source.document import Document
    from penstock.source.yaml import Route

    Tell = Callable[[Violation], Iterator[Diagnostic]]

# What tells of a keyword, in the order in which one fault hides another at the same place.
_TELL: Mapping[str, Tell] = {
    "type": values.wrong_type,
    "anyOf": values.wrong_type,
    "const": values.wrong_choice,
    "enum": values.wrong_choice,
    "maxLength": values.too_long,
    "minLength": values.empty,
    "minItems": values.empty,
    "minProperties": values.empty,
    "pattern": values.wrong_text,
    "minimum": values.out_of_range,
    "maximum": values.out_of_range,
    "additionalProperties": keys.unknown,
    "required": keys.missing,
}
_ORDER = list(_TELL)
_PYTHON = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


def explain(document: Document, fits: Callable[[str, object], bool]) -> Iterator[Diagnostic]:
    """Every fault of a document. `fits` says quickly whether a section would take a component."""
    data = document.data
    if not isinstance(data, dict):
        yield _no_topology(document)
        return
    yield from _faults(document, (), data, frame())
    for section in SECTIONS:
        components = data.get(section)
        if isinstance(components, dict):
            for name, component in components.items():
                if not fits(section, component):
                    yield from _faults(document, (section, name), component, definition(section, component))


def accepts(data: Any) -> bool:  # noqa: ANN401 - plain data
    """Whether `jsonschema` accepts the data of a whole document."""
    return _validator().is_valid(data)


def _no_topology(document: Document) -> Diagnostic:
    found = wording.found(document.data)
    message = f"a topology is a mapping with keys such as 'penstock' and 'name', but this is {found}"
    help_ = "begin with the lines 'penstock: 1' and 'name: my-topology'"
    return report.error(report.WRONG_VALUE, message, document.entry(()), help_)


def _faults(document: Document, route: Route, value: Any, node: Mapping[str, Any]) -> Iterator[Diagnostic]:  # noqa: ANN401
    """The faults of one value held against one definition; of several at one place only the first is told."""
    errors = [leaf for error in _validator().evolve(schema=node).iter_errors(value) for leaf in _leaves(error)]
    told: set[object] = set()
    for error in sorted(errors, key=lambda error: _ORDER.index(str(error.validator))):
        violation = _violation(document, route, node, error)
        tell = _TELL[violation.keyword]
        mark = violation.route, tell if tell in {keys.unknown, keys.missing} else None
        if mark not in told:
            told.add(mark)
            yield from tell(violation)


def _violation(document: Document, route: Route, node: Mapping[str, Any], error: ValidationError) -> Violation:
    *path, keyword = error.absolute_schema_path
    is_name = "propertyNames" in path
    inside = (*error.absolute_path, str(error.instance)) if is_name else tuple(error.absolute_path)
    holder = error.schema if isinstance(error.schema, dict) else {}
    return Violation(
        document,
        route=route + inside,
        value=error.instance,
        keyword=str(keyword),
        limit=error.validator_value,
        node=site(node, path),
        holder=holder,
        choice=_choice(node, error),
        is_name=is_name,
    )


def _choice(node: Mapping[str, Any], error: ValidationError) -> Mapping[str, Any] | None:
    """The place of the `anyOf` that a value itself, not a part of it, was a branch of."""
    parent = error.parent
    if not isinstance(parent, ValidationError) or list(parent.absolute_path) != list(error.absolute_path):
        return None
    return site(node, list(parent.absolute_schema_path)[:-1])


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The faults behind a fault: for an `anyOf` those of the branch that the value was meant for."""
    branches: Any = error.validator_value
    branch = _meant(branches, error.instance) if error.validator == "anyOf" else None
    if branch is None:
        yield error
        return
    for inner in error.context or ():
        if inner.schema_path[0] == branch:
            yield from _leaves(inner)


def _meant(branches: Iterable[Mapping[str, Any]], value: object) -> int | None:
    """Which branch a value was meant for: one of its JSON type, and of several the one whose keys it has."""
    fitting = {number: node for number, node in enumerate(map(resolved, branches)) if _has_type(value, node)}
    if not isinstance(value, dict) or len(fitting) == 1:
        return next(iter(fitting), None)
    for number, node in fitting.items():
        if node.get("required") and all(key in value for key in node["required"]):
            return number
    likely = {number: _likeness(value, node) for number, node in fitting.items()}
    return max(likely, key=likely.__getitem__) if any(map(any, likely.values())) else None


def _likeness(value: Mapping[str, object], node: Mapping[str, Any]) -> tuple[int, bool]:
    """How many of a mapping's keys a branch knows, and whether it could do without the others."""
    known = node.get("properties", {})
    return sum(key in known or nearest(key, known) is not None for key in value), "required" not in node


def _has_type(value: object, node: Mapping[str, Any]) -> bool:
    names = [node["type"]] if isinstance(node["type"], str) else node["type"]
    kinds = tuple(_PYTHON[name] for name in names if name != "null")
    return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))


@cache
def _validator() -> Validator:
    strict: type[Validator] = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]
    return strict(resources.schema())


def _pattern(_validator: object, pattern: str, instance: object, _schema: object) -> Iterator[ValidationError]:
    """As JSON Schema means it: `$` is the end of the text, where Python would let a line end follow."""
    if isinstance(instance, str) and not _regex(pattern).search(instance):
        yield ValidationError("does not match")


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\$$", r"\\Z", pattern))
