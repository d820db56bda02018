"""Values that a JSON Schema takes, and values that it does not: made from the schema alone, the same every time.

What an author gives as an example is taken first. Otherwise a value is put together from what the schema says; it is held against the
whole schema, and what does not fit is not given out: a schema that says more than is understood here needs an example of its author's.
"""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from penstock.emit.sample_texts import FORMATS, matching
from penstock.model.pointers import resolve

Schema = Mapping[str, Any] | bool

_DEEP = 6
_CHOICES = 4
_OTHERS: tuple[Any, ...] = ([], {}, None, -1, "")
_MERGED = ("properties", "$defs", "patternProperties", "dependentRequired", "dependentSchemas")


def valid(schema: Schema, number: int = 1) -> Any:  # noqa: ANN401 - JSON
    """The ``number``-th value that fits; LookupError where none is found."""
    fits = _validator(schema)
    for value in _candidates(schema, number):
        if fits(value):
            return value
    raise LookupError


def invalid(schema: Schema, near: Any, *, an_object: bool = False) -> Any:  # noqa: ANN401 - JSON
    """A value that does not fit, as like as can be to one that does; LookupError where all fit, or all objects if it must be one."""
    fits = _validator(schema)
    for value in _broken(near):
        if not fits(value) and (isinstance(value, dict) or not an_object):
            return value
    raise LookupError


def _validator(schema: Schema) -> Any:  # noqa: ANN401 - a function
    from jsonschema_rs import ReferencingError, ValidationError, validator_for

    try:
        return validator_for(
            schema if isinstance(schema, bool) else dict(schema), retriever=_fetch_nothing, validate_formats=True
        ).is_valid
    except (ValidationError, ReferencingError, ValueError):
        raise LookupError from None


def _fetch_nothing(uri: str) -> NoReturn:
    """In place of the validator's own way, which asks the network."""
    raise ValueError(uri)


def _candidates(schema: Schema, number: int) -> Iterator[Any]:
    if isinstance(schema, Mapping):
        yield from schema.get("examples", [])[number - 1 : number]
        if number == 1 and "default" in schema:
            yield schema["default"]
    for choice in range(_CHOICES):
        for everything in (True, False):
            yield _Maker(schema, number, choice, everything=everything).value(schema, "value", 0)


def _broken(value: Any) -> Iterator[Any]:  # noqa: ANN401 - JSON
    """Values that are wrong at one place each: a field is of another type or is missing, and in the end the whole is something else."""
    if isinstance(value, dict):
        for name in value:
            for other in _OTHERS:
                yield {**value, name: other}
        for name in value:
            yield {key: each for key, each in value.items() if key != name}
    yield from ({}, [], "no message", -1, None)


class _Maker:
    """Makes one candidate: ``choice`` is the alternative that is taken, ``everything`` whether optional fields are there."""

    def __init__(self, root: Schema, number: int, choice: int, *, everything: bool) -> None:
        self.root, self.number, self.choice, self.everything = root, number, choice, everything

    def value(self, schema: Any, name: str, depth: int) -> Any:  # noqa: ANN401 - JSON
        """A value for a part of the schema, which is what ``name`` has."""
        if not isinstance(schema, Mapping):
            return f"{name}-{self.number}"
        schema = self._whole(schema, depth)
        if "const" in schema:
            return schema["const"]
        for word in ("enum", "examples"):
            if isinstance(schema.get(word), list) and schema[word]:
                return schema[word][(self.number - 1) % len(schema[word])]
        return self._of_type(schema, name, depth)

    def _whole(self, schema: Mapping[str, Any], depth: int) -> Mapping[str, Any]:
        """A schema with all that stands in references, and in one of its alternatives."""
        if depth > 4 * _DEEP:
            return {}
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference.startswith("#"):
            schema = {key: each for key, each in schema.items() if key != "$ref"}
            found = self._resolved(reference)
            if isinstance(found, Mapping):
                schema = _merged(self._whole(found, depth + 1), schema)
        for part in schema.get("allOf", ()):
            if isinstance(part, Mapping):
                schema = _merged(schema, self._whole(part, depth + 1))
        for word in ("oneOf", "anyOf"):
            alternatives = schema.get(word)
            if alternatives:
                chosen = alternatives[self.choice % len(alternatives)]
                plain = {key: each for key, each in schema.items() if key != word}
                schema = _merged(plain, self._whole(chosen, depth + 1)) if isinstance(chosen, Mapping) else plain
        return self._conditional(schema, depth)

    def _conditional(self, schema: Mapping[str, Any], depth: int) -> Mapping[str, Any]:
        """What follows from a condition: at some choices it is met, at some it is not."""
        if "if" in schema and self.choice:
            wanted = ("if", "then") if self.choice % 2 else ("else",)
            plain = {key: each for key, each in schema.items() if key not in {"if", "then", "else"}}
            for word in wanted:
                if isinstance(schema.get(word), Mapping):
                    plain = dict(_merged(plain, self._whole(schema[word], depth + 1)))
            return plain
        return schema

    def _resolved(self, reference: str) -> object:
        try:
            return resolve(self.root, reference[1:])
        except KeyError:
            return None

    def _of_type(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:  # noqa: ANN401 - JSON
        match _type(schema, "string" if depth else "object"):
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, name, depth)
            case "integer" | "number" as kind:
                return _number(schema, self.number, whole=kind == "integer")
            case "boolean":
                return True
            case "null":
                return None
            case _:
                return self._text(schema, name)

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        properties: Mapping[str, Any] = schema.get("properties", {})
        required = list(schema.get("required", ()))
        names = [name for name in properties if name in required or (self.everything and depth < _DEEP)]
        others = [name for name in required if name not in properties]
        for given, needed in schema.get("dependentRequired", {}).items():
            others += [name for name in needed if given in names and name not in {*names, *others}]
        made = {name: self.value(self._field(schema, name), name, depth + 1) for name in [*names, *others]}
        for index in range(int(schema.get("minProperties", 0)) - len(made)):
            made[f"field_{index + 1}"] = self.value(self._field(schema, ""), f"field_{index + 1}", depth + 1)
        return {name: each for name, each in made.items() if properties.get(name) is not False}

    @staticmethod
    def _field(schema: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - JSON
        """The schema of a field: its own, that of a pattern, or that of all others."""
        import re

        if name in schema.get("properties", {}):
            return schema["properties"][name]
        for pattern, one in schema.get("patternProperties", {}).items():
            if re.search(pattern, name):
                return one
        return schema.get("additionalProperties", True)

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        first = list(schema.get("prefixItems", ()))
        rest = schema.get("contains", schema.get("items", True))
        least = int(schema.get("minItems", 0))
        count = max(least, len(first) or 1, int(schema.get("minContains", 0))) if depth < _DEEP else least
        count = min(count, int(schema.get("maxItems", count)))
        if rest is False:
            count = min(count, len(first))
        items = []
        for index in range(count):
            one = _Maker(self.root, self.number + index, self.choice, everything=self.everything)
            items.append(one.value(first[index] if index < len(first) else rest, _singular(name), depth + 1))
        return items

    def _text(self, schema: Mapping[str, Any], name: str) -> str:
        least, most = int(schema.get("minLength", 0)), schema.get("maxLength")
        if pattern := schema.get("pattern"):
            return matching(pattern, self.number, least, most) or f"{name}-{self.number}"
        if form := FORMATS.get(str(schema.get("format"))):
            return form(self.number)
        text = f"{name}-{self.number}"
        text = text + "x" * (least - len(text))
        return text if most is None or len(text) <= most else str(self.number).rjust(max(least, 1), "0")[: int(most)]


def _merged(left: Mapping[str, Any], right: Mapping[str, Any]) -> Mapping[str, Any]:
    """What both say; where they say different things, the right one is heard."""
    made = {**left, **right}
    for word in _MERGED:
        if word in left and word in right:
            made[word] = {**left[word], **right[word]}
            for name in left[word].keys() & right[word].keys():
                if isinstance(left[word][name], Mapping) and isinstance(right[word][name], Mapping):
                    made[word][name] = {**left[word][name], **right[word][name]}
    if "required" in left and "required" in right:
        made["required"] = [*left["required"], *(name for name in right["required"] if name not in left["required"])]
    return made


def _type(schema: Mapping[str, Any], otherwise: str) -> str:
    """The type of a value, also where only other words tell it."""
    kind = schema.get("type")
    if isinstance(kind, list):
        return next((str(each) for each in kind if each != "null"), "null")
    if kind is not None:
        return str(kind)
    telling = {
        "object": ("properties", "required", "additionalProperties", "minProperties", "patternProperties"),
        "array": ("items", "prefixItems", "minItems", "uniqueItems", "contains"),
        "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        "string": ("pattern", "minLength", "maxLength", "format"),
    }
    return next((word for word, words in telling.items() if any(each in schema for each in words)), otherwise)


def _number(schema: Mapping[str, Any], number: int, *, whole: bool) -> int | float:
    """A number in bounds, and a multiple where one is asked for."""
    step = schema.get("multipleOf") or (1 if whole else None)
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    high, below = schema.get("maximum"), schema.get("exclusiveMaximum")
    floor = max((each for each in (low, above) if isinstance(each, int | float)), default=None)
    ceiling = min((each for each in (high, below) if isinstance(each, int | float)), default=None)
    if step is None:
        return _between(number, floor, ceiling)
    count = number if floor is None else math.ceil(floor / step) + number - 1
    if floor is None and ceiling is not None:
        count = min(count, math.floor(ceiling / step) - number)
    if above is not None and count * step <= above:
        count += 1
    if ceiling is not None and count * step > ceiling - (1e-9 if below is not None else 0):
        count = math.floor(ceiling / step)
        count -= 1 if below is not None and count * step >= below else 0
    value = count * step
    return int(value) if float(value).is_integer() else json.loads(f"{value:.10g}")


def _between(number: int, floor: float | None, ceiling: float | None) -> float:
    """Any number between two bounds, neither of which it is."""
    if floor is not None and ceiling is not None:
        return floor + (ceiling - floor) / (1 + number) if floor < ceiling else floor
    if floor is not None:
        return floor + number
    if ceiling is not None:
        return min(ceiling - number, number + 0.5)
    return number + 0.5


def _singular(name: str) -> str:
    """What one item of a list is called."""
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
