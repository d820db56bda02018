"""What the generator understands of JSON Schema (draft 2020-12), as tables."""

from collections.abc import Iterator, Mapping

from penstock.model.formats import CHECKED

Schema = Mapping[str, object]

BOUNDS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "above",
    "exclusiveMaximum": "below",
    "multipleOf": "multiple_of",
}
LENGTHS = {"minLength": "min_length", "maxLength": "max_length"}
SIZES = {"minItems": "min_items", "maxItems": "max_items"}

OBJECT_WORDS = frozenset({"properties", "required", "additionalProperties", "patternProperties"})
TYPED_WORDS = frozenset(
    {*BOUNDS, *LENGTHS, *SIZES, "pattern", "format", "items", "uniqueItems", "prefixItems", *OBJECT_WORDS}
)

# Words that only narrow what the other words of a schema allow: the class stands, and accepts more.
NARROWING = frozenset(
    {
        "allOf",
        "contains",
        "dependencies",
        "dependentRequired",
        "dependentSchemas",
        "else",
        "if",
        "maxContains",
        "maxProperties",
        "minContains",
        "minProperties",
        "not",
        "patternProperties",
        "prefixItems",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)
# Words that may say all that there is to say of a value: with one of them and no type, it cannot be written as a type.
DESCRIBING = frozenset({"allOf", "$dynamicRef", "$recursiveRef"})
BESIDE_A_REFERENCE = frozenset({"type", "enum", "const", "anyOf", "oneOf", *NARROWING, *TYPED_WORDS})


def unchecked(schema: Schema) -> Iterator[tuple[str, str]]:
    """The words of a schema that its class does not check, with the reason."""
    for word in sorted(NARROWING & schema.keys()):
        yield word, f"{word!r} is not checked"
    if {"enum", "const"} & schema.keys():
        for word in sorted(TYPED_WORDS & schema.keys()):
            yield word, f"{word!r} is not checked beside fixed values"
    elif isinstance(schema.get("format"), str) and schema["format"] not in CHECKED:
        yield "format", f"{schema['format']!r} is a format that is not checked"
    base = {"type", "enum", "const"} & schema.keys()
    alternatives = [word for word in ("anyOf", "oneOf") if word in schema]
    for word in alternatives if base else alternatives[1:]:
        yield word, f"{word!r} is not checked, because other words stand beside it"


def is_object(schema: Schema) -> bool:
    """Whether a schema describes objects; most authors leave out the type where there are properties."""
    if {"$ref", "enum", "const"} & schema.keys():
        return False
    if "type" in schema:
        return schema["type"] == "object"
    return not {"anyOf", "oneOf"} & schema.keys() and bool(OBJECT_WORDS & schema.keys())


def fixed_values(schema: Schema) -> list[object]:
    """The values that a schema with ``enum`` or ``const`` allows."""
    given = schema.get("enum", [schema.get("const")])
    kind = schema.get("type")
    kinds = [str(each) for each in kind] if isinstance(kind, list) else [str(kind)]
    values = [
        value
        for value in (given if isinstance(given, list) else [])
        if kind is None or any(_has_type(value, each) for each in kinds)
    ]
    return [value for value in values if "const" not in schema or _same(value, schema["const"])]


def _has_type(value: object, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, float) and kind == "integer":
        return value.is_integer()
    types: dict[str, type | tuple[type, ...]] = {
        "null": type(None),
        "string": str,
        "integer": int,
        "number": (int, float),
        "array": list,
        "object": dict,
    }
    return isinstance(value, types.get(kind, ()))


def _same(left: object, right: object) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def description(schema: object) -> str:
    """What a schema says of itself in words."""
    if not isinstance(schema, Mapping):
        return ""
    return str(schema.get("description") or schema.get("title") or "")
