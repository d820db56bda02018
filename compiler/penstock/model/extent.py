"""How large what a contract allows is, as JSON without spaces, in bytes."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from penstock.model.shapes import Shape, shape_of

_DEEPEST = 20
_SIZES = {"boolean": 4, "null": 4, "integer": 1, "number": 1}


def least(schemas: Iterable[object], root: object, depth: int = 0) -> int:
    """No message is smaller than this."""
    shape = shape_of(schemas, root)
    if depth > _DEEPEST:
        return 1
    if shape.values:
        return min(map(_written, shape.values))
    kinds = shape.types or frozenset()
    sizes = [_least_of(kind, shape, root, depth) for kind in kinds]
    return min(sizes, default=1) if not shape.nullable else min([4, *sizes])


def _least_of(kind: str, shape: Shape, root: object, depth: int) -> int:
    match kind:
        case "string":
            return 2 + shape.bounds.get("minLength", 0)
        case "array":
            return _array(shape.bounds.get("minItems", 0), least(shape.items, root, depth + 1))
        case "object":
            return _object(shape.required, shape, lambda one: least(one, root, depth + 1))
        case _:
            return _SIZES.get(kind, 1)


def most(schemas: Iterable[object], root: object, depth: int = 0) -> int:
    """Some message is at least this large, by the largest lengths and counts that are stated; what is left open counts little."""
    given = list(schemas)
    shape = shape_of(given, root)
    if depth > _DEEPEST or shape.unclear or shape.restricted:
        return least(given, root, depth)
    if shape.values:
        return max(map(_written, shape.values))
    sizes = [_most_of(kind, shape, root, depth) for kind in shape.types or ()]
    return max([least(given, root, depth), *sizes])


def _most_of(kind: str, shape: Shape, root: object, depth: int) -> int:
    match kind:
        case "string":
            return 2 + shape.bounds.get("maxLength", 0)
        case "array":
            return _array(shape.bounds.get("maxItems", 0), most(shape.items, root, depth + 1))
        case "object":
            return _object(shape.properties, shape, lambda one: most(one, root, depth + 1))
        case _:
            return 0


def _array(count: int, item: int) -> int:
    return 2 + count * item + max(0, count - 1)


def _object(names: Iterable[str], shape: Shape, size: Callable[[list[Any]], int]) -> int:
    parts = [_written(name) + 1 + size(shape.properties.get(name, [])) for name in names]
    return 2 + sum(parts) + max(0, len(parts) - 1)


def _written(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
