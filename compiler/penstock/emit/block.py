"""Plain values as block YAML: the bytes that PyYAML writes, for the shapes that templates are full of, in a fraction of the time.

PyYAML makes a node and several events of every scalar, and looks at each of its characters: seven eighths of a compilation. What is
written here is a mapping, a list, or a scalar that stands in one line and needs no folding; anything else is PyYAML's, see `block`.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from penstock.plan.values import GetAtt, Ref, Sub

WIDTH = 120
_WORD = r"[A-Za-z0-9_./*+-]"
_PLAIN = re.compile(rf"[A-Za-z]{_WORD}*(?::+{_WORD}+)*(?: {_WORD}+(?::+{_WORD}+)*)*")
"""Text that YAML takes as it is: words that begin with a letter, with single blanks between, and colons only inside of words."""
_MEANS_SOMETHING = frozenset({"yes", "no", "on", "off", "true", "false", "null"})
_KEY_LIMIT = 100
"""PyYAML writes a key in one line up to 128 characters, if it is not empty and has no line break."""
_BREAKS = re.compile("[\n\x85\u2028\u2029]")


class Unusual(Exception):  # noqa: N818 - no error: PyYAML writes it
    """A value that is not written here."""


def block(value: dict[str, Any], indent: str, otherwise: Callable[[object], str]) -> str:
    """A mapping's text, each line after ``indent``. ``otherwise`` writes ``{"": scalar}`` as PyYAML does; Unusual where that cannot do."""
    return "".join(_mapping(value, indent, otherwise))


def _mapping(value: dict[str, Any], indent: str, otherwise: Callable[[object], str]) -> Iterator[str]:
    for key, inner in value.items():
        yield from _entry(f"{indent}{_key(key, otherwise)}:", inner, indent, otherwise)


def _entry(head: str, value: object, indent: str, otherwise: Callable[[object], str]) -> Iterator[str]:
    """What stands behind ``head``: a scalar in its line, or a collection below it; lists are not indented."""
    if isinstance(value, dict) and value:
        yield f"{head}\n"
        yield from _mapping(value, f"{indent}  ", otherwise)
    elif isinstance(value, list | tuple) and value:
        yield f"{head}\n"
        yield from _list(value, indent, otherwise)
    else:
        yield _line(head, value, otherwise)


def _list(value: list[Any] | tuple[Any, ...], indent: str, otherwise: Callable[[object], str]) -> Iterator[str]:
    for item in value:
        if isinstance(item, dict) and item:
            text = "".join(_mapping(item, f"{indent}  ", otherwise))
            yield f"{indent}- {text[len(indent) + 2 :]}"
        elif isinstance(item, list | tuple) and item:
            text = "".join(_list(item, f"{indent}  ", otherwise))
            yield f"{indent}- {text[len(indent) + 2 :]}"
        else:
            yield _line(f"{indent}-", item, otherwise)


def _line(head: str, value: object, otherwise: Callable[[object], str]) -> str:
    line = f"{head} {_scalar(value, otherwise)}\n"
    if len(line) > WIDTH:
        raise Unusual
    return line


def _key(key: str, otherwise: Callable[[object], str]) -> str:
    text = _scalar(key, otherwise)
    if not key or _BREAKS.search(key) or len(text) > _KEY_LIMIT:
        raise Unusual
    return text


def _scalar(value: object, otherwise: Callable[[object], str]) -> str:
    match value:
        case str():
            return value if _is_plain(value) else _one_line(otherwise, value)
        case Ref(target) if _is_plain(target):
            return f"!Ref {target}"
        case GetAtt(target, attribute) if _is_plain(target) and _is_plain(attribute):
            return f"!GetAtt {target}.{attribute}"
        case True:
            return "true"
        case False:
            return "false"
        case int():
            return str(value)
        case {} | []:
            return "{}" if isinstance(value, dict) else "[]"
        case None | Ref() | GetAtt() | Sub():
            return _one_line(otherwise, value)
        case _:
            raise Unusual


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and text.lower() not in _MEANS_SOMETHING


@lru_cache(maxsize=65536)
def _one_line(otherwise: Callable[[object], str], value: object) -> str:
    text = otherwise(value)
    if "\n" in text:
        raise Unusual
    return text
