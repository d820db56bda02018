"""How Python says the types of messages."""

import keyword
from collections.abc import Mapping, Sequence

from penstock.emit.message_types import Language
from penstock.emit.python_code import RESERVED, Call, Code, Names, bracket, call, constant, literal
from penstock.emit.schema_patterns import python_pattern

# Names with a meaning inside of a generated class; a field of that name would take the meaning away.
CLASS_WORDS = frozenset({"MESSAGE", "VERSION", "classmethod", "extra", "field", "from_dict", "to_dict"})
TYPE_WORDS = frozenset({"Any", "ClassVar", "Literal", "Self", "bool", "dict", "float", "int", "object", "str", "tuple"})
FIELD_WORDS = CLASS_WORDS | TYPE_WORDS | frozenset(keyword.kwlist)
_BESIDE = frozenset(
    """
    CHANNEL CHANNELS CLIENT DUPLICATE HANDLED HANDLES ONCE RESULTS ROUTES SOURCE SOURCES STEPS STREAM STREAMS UNDOES
    Callable Channel DeadLetters Duplicate DynamoDBPersistenceLayer Once Parcel PublishError Results Sequence Sighting
    Source Step Stream Table UnsentError Write
    """.split()  # noqa: SIM905 - a list would be as long as there are words
)
"""What else has a name in the modules that import the classes of messages."""
MODULE_WORDS = RESERVED | TYPE_WORDS | _BESIDE | {"annotations", "dataclass", "field", "formats", "wire", "Message"}


def _reader(name: str, readers: Sequence[Call | Code], limits: Mapping[str, Code]) -> Call | Code:
    return call(f"wire.{name}", *readers, **limits)


def _choice(values: Sequence[object]) -> str | None:
    """The type is Literal where Python has one for all of the values."""
    if not values or not all(value is None or isinstance(value, str | int) for value in values):
        return None
    return f"Literal[{', '.join(literal(value) for value in values)}]"


def _alias(values: Sequence[object]) -> Call:
    return bracket("Literal[", "]", (literal(value) for value in values))


def _pattern(pattern: str) -> Code | None:
    translated = python_pattern(pattern)
    return None if translated is None else literal(translated)


def _fields(keys: list[str]) -> dict[str, str]:
    """A Python name for each key; keys that are one already keep it."""
    names = Names(FIELD_WORDS)
    plain = {key: names.new(key) for key in keys if _names_itself(key)}
    return plain | {key: names.new(key) for key in keys if key not in plain}


def _names_itself(key: str) -> bool:
    """Whether a key can be a field's name as it stands."""
    return key.isascii() and key.isidentifier() and not key.startswith("_") and key not in FIELD_WORDS


PYTHON = Language(
    anything="Any",
    nothing="None",
    types={"integer": "int", "number": "float", "boolean": "bool", "string": "str"},
    words=MODULE_WORDS,
    array=lambda item: f"tuple[{item}, ...]",
    mapping=lambda value: f"dict[str, {value}]",
    named=lambda name: Code(f"{name}.from_dict"),
    reader=_reader,
    literal=literal,
    constant=constant,
    choice=_choice,
    alias=_alias,
    pattern=_pattern,
    fields=_fields,
)
