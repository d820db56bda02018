"""What a contract's schema says of the fields of a payload, as far as it is plain to see.

Only what surely holds is said: of ``oneOf``, conditions and dynamic references nothing is, so that whoever asks stays silent.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from penstock.model.pointers import resolve
from penstock.records import NamedTuple

Schema = Mapping[str, Any]
_UNSEEN = ("anyOf", "oneOf", "if", "dependentSchemas", "dependencies", "$dynamicRef", "$recursiveRef")
_LEAST = ("minLength", "minItems")
_MOST_OF = ("maxLength", "maxItems")
_RESTRICTED = frozenset(
    {
        "contentEncoding",
        "dependentRequired",
        "format",
        "maxProperties",
        "not",
        "pattern",
        "prefixItems",
        "propertyNames",
        "uniqueItems",
    }
)
_MORE = ("patternProperties", "unevaluatedProperties")
_NULL = {"type": "null"}
_MOST = 1000


class Shape:
    """Several schemas that a value keeps to all at once.

    ``types`` and ``values`` are ``None`` where anything may stand. In a ``closed`` one no other fields than ``properties`` can be; in
    an ``unclear`` one there may be fields, and demands, that are not seen here. ``bounds`` are those of lengths and of counts of items, and
    in a ``restricted`` one there are demands on texts, items or fields besides.
    """

    def __init__(self) -> None:
        """One of which nothing is known yet."""
        self.properties: dict[str, list[Schema]] = {}
        self.required: set[str] = set()
        self.types: frozenset[str] | None = None
        self.values: list[Any] | None = None
        self.closed = self.unclear = self.nullable = self.restricted = False
        self.bounds: dict[str, int] = {}
        self.items: list[Schema] = []

    @property
    def silent(self) -> bool:
        """Whether a field that is not among the properties may well be there."""
        return not self.closed and (self.unclear or not self.properties)


def shape_of(schemas: Iterable[object], root: object) -> Shape:
    """The shape of what keeps to all of these; references are followed within ``root``."""
    shape = Shape()
    todo: list[object] = list(schemas)
    seen: set[str] = set()
    for _ in range(_MOST):
        if not todo:
            return shape
        schema = todo.pop()
        if not isinstance(schema, dict):
            shape.unclear = shape.unclear or schema is not True
            continue
        todo.extend(_parts(schema, shape, root, seen))
        _take(schema, shape)
    shape.unclear = True
    return shape


def _parts(schema: Schema, shape: Shape, root: object, seen: set[str]) -> Iterable[object]:
    """The schemas that a schema is made of besides its own words."""
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference not in seen:
        seen.add(reference)
        try:
            yield resolve(root, reference.removeprefix("#"))
        except KeyError:
            shape.unclear = True
    yield from schema.get("allOf") or ()
    for word in _UNSEEN:
        if word not in schema:
            continue
        others = [one for one in schema[word] if one != _NULL] if isinstance(schema[word], list) else []
        if word in {"anyOf", "oneOf"} and len(others) == 1:
            shape.nullable = shape.nullable or len(schema[word]) > 1
            yield others[0]
        else:
            shape.unclear = True


def _take(schema: Schema, shape: Shape) -> None:
    kinds = schema.get("type")
    if kinds is not None:
        given = frozenset([kinds] if isinstance(kinds, str) else kinds)
        shape.types = given if shape.types is None else _both(shape.types, given)
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if isinstance(values, list):
        shape.values = values if shape.values is None else [one for one in shape.values if one in values]
    _bound(schema, shape)
    for name, one in (schema.get("properties") or {}).items():
        shape.properties.setdefault(name, []).append(one)
    shape.required |= set(schema.get("required") or ())
    more = schema.get("additionalProperties")
    if more is False and not schema.get("patternProperties"):
        shape.closed = True
    elif more or any(word in schema for word in _MORE):
        shape.unclear = True


def _bound(schema: Schema, shape: Shape) -> None:
    for words, tighter in ((_LEAST, max), (_MOST_OF, min)):
        for word in words:
            if isinstance(given := schema.get(word), int):
                shape.bounds[word] = tighter(given, shape.bounds.get(word, given))
    if isinstance(schema.get("items"), Mapping):
        shape.items.append(schema["items"])
    shape.restricted = shape.restricted or not _RESTRICTED.isdisjoint(schema)


def _both(left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
    """The types that two lists allow; a whole number is a number."""
    both = left & right
    return both | {"integer"} if "integer" in left ^ right and "number" in left ^ right else both


class Field(NamedTuple):
    """A dotted path as a contract has it.

    ``missing`` is the part of the path that the schema does not have, with the names that it has there, and ``refused`` whether a message
    that has it is none of this contract. ``optional`` is the part that a
    message may leave out, ``nullable`` the part that may be null, and ``types`` what the end of it may be, ``None`` where that is open.
    """

    missing: str | None = None
    names: tuple[str, ...] = ()
    optional: str | None = None
    nullable: str | None = None
    types: frozenset[str] | None = None
    schemas: tuple[Schema, ...] = ()
    refused: bool = False


def find_field(schema: object, path: str) -> Field | None:
    """What a schema says of a path; ``None`` where it leaves open whether there is such a field."""
    here: list[Any] = [schema]
    optional = nullable = None
    walked: list[str] = []
    shape = shape_of(here, schema)
    for name in path.split("."):
        walked.append(name)
        so_far = ".".join(walked)
        if name not in shape.properties:
            if shape.silent or (shape.types is not None and "array" in shape.types):
                return None
            return Field(missing=so_far, names=tuple(shape.properties), refused=shape.closed)
        if name not in shape.required and not shape.unclear:
            optional = optional or so_far
        here = shape.properties[name]
        shape = shape_of(here, schema)
        if shape.nullable or (shape.types is not None and "null" in shape.types):
            nullable = nullable or so_far
    return Field(None, (), optional, nullable, shape.types, tuple(here))
