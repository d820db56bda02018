"""How TypeScript says the types of messages: as they are on the wire."""

import re
from collections.abc import Mapping, Sequence

from penstock.emit.message_types import Language
from penstock.emit.python_code import Call, Code, call
from penstock.emit.typescript_code import RESERVED, camel, constant, literal, record


def _reader(name: str, readers: Sequence[Call | Code], limits: Mapping[str, Code]) -> Call | Code:
    given = [record({camel(word): value for word, value in limits.items()})] if limits else []
    return call(f"wire.{camel(name)}", *readers, *given)


def _choice(values: Sequence[object]) -> str | None:
    """The type of the values is a union where all are scalars."""
    if not values or any(isinstance(value, list | dict) for value in values):
        return None
    return " | ".join(dict.fromkeys(literal(value) for value in values))


def _alias(values: Sequence[object]) -> Code:
    return Code("\n    | " + "\n    | ".join(dict.fromkeys(literal(value) for value in values)))


def _array(item: str) -> str:
    return f"readonly {item}[]" if re.fullmatch(r"\w+", item) else f"readonly ({item})[]"


_BESIDE = frozenset(
    """
    CHANNEL HANDLES ONCE OUTCOMES ROUTES SOURCE SOURCES STEPS STREAM STREAMS UNDOES
    Channel Connection DeadLetters Handles LambdaContext Once Outcome Outcomes Sighting Source Step Stream Table Works Write
    """.split()  # noqa: SIM905 - a list would be as long as there are words
)
"""What else has a name in the modules that import the types of messages."""
TYPESCRIPT = Language(
    anything="unknown",
    nothing="null",
    types={"integer": "number", "number": "number", "boolean": "boolean", "string": "string"},
    words=RESERVED | _BESIDE | {"Message", "formats", "wire"},
    array=_array,
    mapping=lambda value: f"Readonly<Record<string, {value}>>",
    named=lambda name: Code(f"read{name}"),
    reader=_reader,
    literal=literal,
    constant=constant,
    choice=_choice,
    alias=_alias,
    pattern=literal,  # JSON Schema's patterns are JavaScript's own
    fields=lambda keys: {key: key for key in keys},
)
