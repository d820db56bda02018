"""A contract's JSON Schema as API Gateway's request validation reads it: draft 4, and never stricter than the contract.

What draft 4 cannot say is left out with a note, so that such requests are let in and end where they did without validation. Beneath
`not` and wherever else leaving out would refuse more, the whole of it is left out. References are written out in place, because a
model knows other models alone; one that leads back to itself is left out.

https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from penstock.model.pointers import resolve, step
from penstock.records import NamedTuple

Schema = Mapping[str, Any]
DRAFT = "http://json-schema.org/draft-04/schema#"
_LARGEST = 20_000
"""Subschemas after which references are no longer written out; a model has at most 400 KB."""
_AS_IT_IS = (
    "multipleOf",
    "maxLength",
    "minLength",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxProperties",
    "minProperties",
)
_NOT_IN_DRAFT_4 = (
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "$dynamicRef",
    "$recursiveRef",
)
_COMMON_PATTERN = re.compile(
    r"(?:[^\\()\[\]{}]|\\[dDwW.\\/^$*+?()\[\]{}|-]|\(\?:|\((?!\?)|\)|\[\^?(?:[^\\\[\]&]|\\[dDwW.\\/^$*+?()\[\]{}|-])+\]|\{\d+(?:,\d*)?\})*"
)
"""Patterns that every dialect of regular expressions reads in one way."""


class Model(NamedTuple):
    """A schema in draft 4, and what it leaves out: a JSON Pointer into the contract's schema with the reason."""

    schema: dict[str, Any]
    notes: tuple[tuple[str, str], ...]


def request_model(schema: object) -> Model:
    """The model of a contract's schema."""
    conversion = _Conversion(schema)
    converted = conversion.convert(schema, "")
    return Model({"$schema": DRAFT, **converted}, tuple(dict.fromkeys(conversion.notes)))


class _Conversion:
    """One pass over a schema."""

    def __init__(self, root: object) -> None:
        self.root = root
        self.notes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.count = 0

    def convert(self, schema: object, at: str) -> dict[str, Any]:
        """A schema that lets in whatever this one does."""
        self.count += 1
        if schema is False:
            return {"not": {}}
        if not isinstance(schema, Mapping):
            return {}
        made: dict[str, Any] = {}
        demands = [*self._reference(schema, at), *self._combined(schema, at)]
        made |= _types(schema) | _bounds(schema) | _values(schema)
        if "multipleOf" in schema and "multipleOf" in made:
            demands.append({"multipleOf": made["multipleOf"]})
        made |= {word: schema[word] for word in _AS_IT_IS if word in schema}
        made |= self._pattern(schema, at) | self._items(schema, at) | self._members(schema, at)
        self.notes += [
            (f"{at}/{word}", f"{word!r} is not known in draft 4") for word in _NOT_IN_DRAFT_4 if word in schema
        ]
        if not demands:
            return made
        return {**made, "allOf": demands} if made or len(demands) > 1 else demands[0]

    def exact(self, schema: object, at: str) -> dict[str, Any] | None:
        """A schema that lets in the same and nothing else, or ``None`` where draft 4 has no words for it."""
        before = len(self.notes)
        made = self.convert(schema, at)
        return made if len(self.notes) == before else None

    def _leave_out(self, at: str, reason: str) -> None:
        self.notes.append((at, reason))

    def _reference(self, schema: Schema, at: str) -> Iterator[dict[str, Any]]:
        pointer = schema.get("$ref")
        if not isinstance(pointer, str):
            return
        found = _target(self.root, pointer)
        if found is None:
            self._leave_out(f"{at}/$ref", f"{pointer!r} stands elsewhere")
        elif pointer in self.open or self.count > _LARGEST:
            self._leave_out(f"{at}/$ref", f"{pointer!r} cannot be written out")
        else:
            self.open.append(pointer)
            yield self.convert(found[0], pointer.removeprefix("#"))
            self.open.pop()

    def _combined(self, schema: Schema, at: str) -> Iterator[dict[str, Any]]:
        """`allOf`, `anyOf`, `oneOf`, `not` and `if`, each as one demand more."""
        for index, one in enumerate(schema.get("allOf", ())):
            yield self.convert(one, f"{at}/allOf/{index}")
        if "anyOf" in schema:
            yield {"anyOf": [self.convert(one, f"{at}/anyOf/{index}") for index, one in enumerate(schema["anyOf"])]}
        if "oneOf" in schema:
            before = len(self.notes)
            several = [self.convert(one, f"{at}/oneOf/{index}") for index, one in enumerate(schema["oneOf"])]
            yield {"oneOf" if len(self.notes) == before else "anyOf": several}
        if "not" in schema and (negated := self.exact(schema["not"], f"{at}/not")) is not None:
            yield {"not": negated}
        if "if" in schema and (condition := self.exact(schema["if"], f"{at}/if")) is not None:
            if "then" in schema:
                yield {"anyOf": [{"not": condition}, self.convert(schema["then"], f"{at}/then")]}
            if "else" in schema:
                yield {"anyOf": [condition, self.convert(schema["else"], f"{at}/else")]}

    def _pattern(self, schema: Schema, at: str) -> dict[str, Any]:
        pattern = schema.get("pattern")
        if pattern is None:
            return {}
        if _COMMON_PATTERN.fullmatch(pattern):
            return {"pattern": pattern}
        self._leave_out(f"{at}/pattern", "not every dialect reads this pattern in one way")
        return {}

    def _items(self, schema: Schema, at: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        first, rest = schema.get("prefixItems"), schema.get("items")
        if isinstance(rest, list):  # as drafts before 2020-12 write it
            first, rest = rest, schema.get("additionalItems")
        if first:
            made["items"] = [self.convert(one, f"{at}/prefixItems/{index}") for index, one in enumerate(first)]
            if rest is not None:
                made["additionalItems"] = rest if isinstance(rest, bool) else self.convert(rest, f"{at}/items")
        elif rest is not None:
            made["items"] = self.convert(rest, f"{at}/items")
        return made

    def _members(self, schema: Schema, at: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if "properties" in schema:
            members = schema["properties"].items()
            made["properties"] = {name: self.convert(one, step(f"{at}/properties", name)) for name, one in members}
        if required := list(dict.fromkeys(schema.get("required", ()))):
            made["required"] = required
        patterns: Mapping[str, object] = schema.get("patternProperties", {})
        readable = all(_COMMON_PATTERN.fullmatch(pattern) for pattern in patterns)
        if patterns and readable:
            made["patternProperties"] = {
                pattern: self.convert(one, step(f"{at}/patternProperties", pattern))
                for pattern, one in patterns.items()
            }
        elif patterns:
            self._leave_out(f"{at}/patternProperties", "not every dialect reads these patterns in one way")
        more = schema.get("additionalProperties")
        if more is not None and readable:
            made["additionalProperties"] = (
                more if isinstance(more, bool) else self.convert(more, f"{at}/additionalProperties")
            )
        return made | self._dependencies(schema, at)

    def _dependencies(self, schema: Schema, at: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for word in ("dependencies", "dependentRequired", "dependentSchemas"):
            for name, one in schema.get(word, {}).items():
                converted = (
                    ({"required": list(dict.fromkeys(one))} if one else {})
                    if isinstance(one, list)
                    else self.convert(one, step(f"{at}/{word}", name))
                )
                made[name] = {"allOf": [made[name], converted]} if name in made else converted
        return {"dependencies": made} if made else {}


def _types(schema: Schema) -> dict[str, Any]:
    """The types; draft 4 takes 1.0 for no integer, so an integer is a number without a fraction."""
    given = schema.get("type")
    if given is None:
        return {}
    kinds = [given] if isinstance(given, str) else list(dict.fromkeys(given))
    if "integer" not in kinds:
        return {"type": kinds[0] if len(kinds) == 1 else kinds}
    if "number" in kinds:
        kinds.remove("integer")
        return {"type": kinds[0] if len(kinds) == 1 else kinds}
    kinds[kinds.index("integer")] = "number"
    return {"type": kinds[0] if len(kinds) == 1 else kinds, "multipleOf": 1}


def _bounds(schema: Schema) -> dict[str, Any]:
    """Bounds; whether one is exclusive is a word beside it in draft 4."""
    made: dict[str, Any] = {}
    for inclusive, exclusive, tighter in (
        ("minimum", "exclusiveMinimum", max),
        ("maximum", "exclusiveMaximum", min),
    ):
        given = {word: schema[word] for word in (inclusive, exclusive) if _is_number(schema.get(word))}
        if not given:
            continue
        made[inclusive] = tighter(given.values())
        if exclusive in given and made[inclusive] == given[exclusive]:
            made[exclusive] = True
    return made


def _values(schema: Schema) -> dict[str, Any]:
    """Fixed values. Draft 4 wants at least one, and each once."""
    if "const" in schema and "enum" in schema:
        return {"enum": [schema["const"]]} if schema["const"] in schema["enum"] else {"not": {}}
    if "const" in schema:
        return {"enum": [schema["const"]]}
    if "enum" not in schema:
        return {}
    once: list[object] = []
    for value in schema["enum"]:
        if not any(value == other and isinstance(value, bool) == isinstance(other, bool) for other in once):
            once.append(value)
    return {"enum": once} if once else {"not": {}}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _target(root: object, reference: str) -> tuple[object] | None:
    """What a reference within the schema points at; ``None`` for one that leads elsewhere."""
    if reference != "#" and not reference.startswith("#/"):
        return None
    try:
        return (resolve(root, reference.removeprefix("#")),)
    except KeyError:
        return None
