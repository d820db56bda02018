"""What is wrong with a JSON Schema that is none, in words."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from jsonschema.validators import validator_for

Route = tuple[str | int, ...]
_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_LONGEST = 200


def problems(schema: Mapping[str, Any]) -> Iterator[tuple[Route, str, str | None]]:
    """Where a schema breaks the rules of its dialect, how, and what may have been meant."""
    cls = validator_for(schema)
    found: dict[Route, tuple[str, str | None]] = {}
    for error in cls(cls.META_SCHEMA).iter_errors(schema):
        route = tuple(error.absolute_path)
        if route[-1:] == ("type",):
            found.setdefault(route, _type(error.instance))
        else:
            found.setdefault(route, (_shortened(error.message), None))
    for route, (message, help_) in found.items():
        yield route, message, help_


def _type(value: object) -> tuple[str, str | None]:
    near = get_close_matches(str(value), _TYPES, n=1)
    return (
        f"{_shortened(repr(value))} is no type",
        f"did you mean {near[0]!r}?" if near else f"there are {', '.join(_TYPES)}",
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
