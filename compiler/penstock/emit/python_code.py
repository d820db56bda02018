"""Python text from values: literals, names and layout.

Whatever comes from a topology or a schema is hostile until it has gone through one of these: ``literal`` for values,
``prose`` for what stands in a docstring, ``Names`` for identifiers. The layout is what ``ruff format`` leaves alone.
"""

import builtins
import keyword
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 88
INDENT = 4
RESERVED = frozenset({*keyword.kwlist, *dir(builtins)})


class Code(str):
    """Text that is safe as Python: the only text that a template may write."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call or another bracket that may be laid out over several lines: ``head(arguments)``."""

    head: str
    arguments: tuple["Argument", ...]
    closing: str = ")"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call, with its keyword where it has one; or an entry of an object, whose key ends in another ``sign``."""

    value: "Call | Code"
    name: str = ""
    sign: str = "="

    @property
    def start(self) -> str:
        """What stands before the value."""
        return f"{self.name}{self.sign}" if self.name else ""


def call(head: str, *positional: "Call | Code", **named: "Call | Code") -> Call:
    """A call as a value."""
    given = [Argument(value) for value in positional]
    return Call(f"{head}(", (*given, *(Argument(value, name) for name, value in named.items())))


def bracket(opening: str, closing: str, items: Iterable["Call | Code"]) -> Call:
    """A list, tuple, subscript or parenthesis as a value."""
    return Call(opening, tuple(Argument(item) for item in items), closing)


def layout(value: Call | Code, column: int = 0, before: int = 0, after: int = 0) -> Code:
    """The value's text at an indentation, with so many characters before it and after it on its line."""
    flat = _flat(value)
    if isinstance(value, Code) or not value.arguments or column + before + len(flat) + after <= WIDTH:
        return Code(flat)
    inner = column + INDENT
    lines = [value.head.rstrip()]
    for argument in value.arguments:
        start = argument.start
        lines.append(" " * inner + start + layout(argument.value, inner, len(start), 1) + ",")
    return Code("\n".join([*lines, " " * column + value.closing.lstrip(", ")]))


def statement(start: str, value: Call | Code, column: int, end: str = "") -> Code:
    """A statement that ends in a value; what cannot be laid out is kept from the formatter."""
    text = start + layout(value, column, len(start), len(end)) + end
    if "\n" not in text and column + len(text) > WIDTH:
        text += "  # fmt: skip"
    return Code(text)


def literal(value: object) -> Code:
    """A scalar as Python writes it, in ASCII."""
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool | int | float):
        return Code(repr(value))
    raise TypeError(f"{type(value).__name__} is no scalar")


def constant(value: object) -> Call | Code:
    """A JSON value as Python writes it."""
    if isinstance(value, list | tuple):
        return bracket("[", "]", (constant(item) for item in value))
    if isinstance(value, dict):
        pairs = (Code(f"{literal(key)}: {_flat(constant(item))}") for key, item in value.items())
        return bracket("{", "}", pairs)
    return literal(value)


def strings(values: Iterable[str]) -> Call:
    """A tuple of texts."""
    items = [literal(value) for value in values]
    return bracket("(", ",)" if len(items) == 1 else ")", items)


def prose(text: str, column: int = 0) -> Code:
    """Text for a docstring: wrapped lines that cannot end it or escape from it; nothing but printable characters."""
    shown = "".join(char if char.isprintable() else " " for char in " ".join(text.split()))
    safe = shown.replace("\\", "\\\\").replace('"', "'").strip()
    width = max(WIDTH - column, 40)
    return Code(f"\n{' ' * column}".join(textwrap.wrap(safe, width, break_long_words=False, break_on_hyphens=False)))


def docstring(first: str, paragraphs: Iterable[Iterable[str]] = (), column: int = INDENT) -> Code:
    """A docstring of a first sentence and paragraphs of lines, each of which is wrapped by itself."""
    pad = " " * column
    lines = [prose(f"{first.rstrip('. ') or 'A message'}.", column + 3)]
    for paragraph in paragraphs:
        wrapped = [pad + prose(line, column) for line in paragraph if line.strip()]
        lines += [Code(""), *map(Code, wrapped)] if wrapped else []
    if len(lines) == 1 and "\n" not in lines[0] and len(lines[0]) + column + 6 <= WIDTH:
        return Code(f'"""{lines[0]}"""')
    return Code('"""' + "\n".join([*lines, f'{pad}"""']))


def snake(text: str) -> str:
    """``OrderPlaced`` and ``order-placed`` as ``order_placed``."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text)
    return re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")


def python_name(verb: str, text: str) -> str:
    """``handle`` and ``OrderPlaced`` as ``handle_order_placed``."""
    return f"{verb}_{snake(text)}"


def pascal(text: str) -> str:
    """``order_id`` and ``orderId`` as ``OrderId``."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", text))


class Names:
    """Hands out identifiers, each once; those asked for first are the ones that look as expected."""

    def __init__(self, reserved: frozenset[str] = RESERVED) -> None:
        self._reserved = reserved
        self._taken: set[str] = set()

    def new(self, wanted: str, fallback: str = "field") -> str:
        """An identifier as near to the wanted text as Python and the names already given allow."""
        base = re.sub(r"[^A-Za-z0-9_]", "_", wanted).lstrip("_")
        if not base[:1].isalpha():
            base = f"{fallback}_{base}".rstrip("_")
        if base in self._reserved:
            base += "_"
        name, count = base, 2
        while name in self._taken:
            name, count = f"{base.rstrip('_')}_{count}", count + 1
        self._taken.add(name)
        return name


def _flat(value: Call | Code) -> str:
    if isinstance(value, Code):
        return value
    shown = (each.start + _flat(each.value) for each in value.arguments)
    return f"{value.head}{', '.join(shown)}{value.closing}"


def _text(value: str) -> Code:
    """A string literal with the quotes that the formatter prefers."""
    quote = "'" if value.count('"') > value.count("'") else '"'
    return Code(quote + "".join(_character(char, quote) for char in value) + quote)


def _character(char: str, quote: str) -> str:
    return "\\" + char if char in ("\\", quote) else ascii(char)[1:-1] if char not in "'\"" else char
