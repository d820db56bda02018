"""TypeScript text from values: literals, names and comments.

As for Python, whatever comes from a topology or a schema is hostile until it has gone through ``literal``, ``comment`` or ``Names``.
"""

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping

from penstock.emit.python_code import WIDTH, Argument, Call, Code, bracket, layout, pascal

RESERVED = frozenset(
    """
    Array Error Map Number Object Promise Readonly Record Set String any arguments async await boolean break case
    catch class const continue debugger default delete do else enum eval export extends false finally for function
    get if implements import in infer instanceof interface keyof let module never new null number object of
    package private protected public readonly return set static string super switch symbol this throw true try
    type typeof undefined unknown var void while with yield
    """.split()  # noqa: SIM905 - a list would be as long as there are words
)
_EXACT = 2**53
_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def literal(value: object) -> Code:
    """A scalar as TypeScript writes it, in ASCII; whole numbers beyond what it keeps are rounded, as it rounds them itself."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT:
        return Code(repr(float(value)))
    if value is None or isinstance(value, str | bool | int | float):
        return Code(json.dumps(value))
    raise TypeError(f"{type(value).__name__} is no scalar")


def constant(value: object) -> Call | Code:
    """A JSON value as TypeScript writes it."""
    if isinstance(value, list | tuple):
        return bracket("[", "]", (constant(item) for item in value))
    if isinstance(value, dict):  # the key may be `__proto__`, which means something in an object's literal
        return bracket("wire.record([", "])", (strings_and(key, constant(item)) for key, item in value.items()))
    return literal(value)


def strings_and(key: str, value: Call | Code) -> Call:
    """A pair of a text and something."""
    return bracket("[", "]", (literal(key), value))


def strings(values: Iterable[str]) -> Call:
    """A list of texts."""
    return bracket("[", "]", map(literal, values))


def pairs(entries: Mapping[str, Call | Code]) -> Call:
    """A map from texts."""
    return with_one("new Map", bracket("[", "]", (strings_and(key, value) for key, value in entries.items())))


def record(entries: Mapping[str, Call | Code]) -> Call | Code:
    """An object with these entries, whose names are ours."""
    if not entries:
        return Code("{}")
    return Call("{ ", tuple(Argument(value, name, ": ") for name, value in entries.items()), " }")


def with_one(head: str, value: Call | Code) -> Call:
    """A call with one argument, whose brackets stand where the call's do."""
    if isinstance(value, Code):
        return Call(f"{head}(", (Argument(value),))
    return Call(f"{head}({value.head}", value.arguments, f"{value.closing})")


def statement(start: str, value: Call | Code, column: int = 0, end: str = ";") -> Code:
    """A statement that ends in a value."""
    return Code(start + layout(value, column, len(start), len(end)) + end)


def key(name: str) -> Code:
    """A property's name, in quotes where it needs them."""
    return Code(name) if _IDENTIFIER.fullmatch(name) else literal(name)


def camel(text: str) -> str:
    """``intake-worker`` and ``OrderPlaced`` as ``intakeWorker`` and ``orderPlaced``."""
    found = pascal(text)
    return found[:1].lower() + found[1:]


def comment(first: str, paragraphs: Iterable[Iterable[str]] = (), column: int = 0) -> Code:
    """A documentation comment of a first sentence and paragraphs of lines, each of which is wrapped by itself."""
    pad = " " * column
    lines = list(_wrapped(f"{first.rstrip('. ') or 'A message'}.", column))
    for paragraph in paragraphs:
        inner = [each for line in paragraph if line.strip() for each in _wrapped(line, column)]
        lines += ["", *inner] if inner else []
    if len(lines) == 1 and column + len(lines[0]) + 7 <= WIDTH:
        return Code(f"/** {lines[0]} */")
    return Code("\n".join(["/**", *(f"{pad} * {line}".rstrip() for line in lines), f"{pad} */"]))


def _wrapped(text: str, column: int) -> Iterator[str]:
    """Lines that cannot end a comment; nothing but printable characters."""
    shown = "".join(char if char.isprintable() else " " for char in " ".join(text.split()))
    width = max(WIDTH - column - 3, 40)
    yield from textwrap.wrap(shown.replace("*/", "* /"), width, break_long_words=False, break_on_hyphens=False)


def imports(modules: Mapping[str, Iterable[str]]) -> Code:
    """Import statements, ordered by module; a name may be ``type X``, and ``* as x`` stands alone."""
    lines = (_import(module, sorted(set(names), key=_order)) for module, names in sorted(modules.items()))
    return Code("\n".join(lines))


def _import(module: str, names: list[str]) -> str:
    if names[0].startswith("*"):
        return f"import {names[0]} from {literal(module)};"
    if all(name.startswith("type ") for name in names):
        only = bracket("{ ", " }", (Code(name.removeprefix("type ")) for name in names))
        return statement("import type ", only, end=f" from {literal(module)};")
    return statement("import ", bracket("{ ", " }", map(Code, names)), end=f" from {literal(module)};")


def _order(name: str) -> str:
    return name.removeprefix("type ").lower()
