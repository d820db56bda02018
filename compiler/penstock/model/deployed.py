"""Marks for what is known only when the stack is deployed: they travel inside of texts until the lowering makes them into intrinsics."""

import re
from collections.abc import Iterator
from typing import Any

MARK = "\ufdd0"
_END = "\ufdd1"
PIECES = re.compile(f"{MARK}([^{_END}]*){_END}")
"""A mark with the name of the parameter or pseudo parameter; Unicode keeps these characters free for such use."""


def mark(name: str) -> str:
    """The mark for a parameter or a pseudo parameter."""
    return f"{MARK}{name}{_END}"


def routes_with(piece: str, data: Any, route: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:  # noqa: ANN401 - the data of a document
    """Where in the data of a document texts have this mark."""
    if isinstance(data, str):
        yield from [route] if piece in data else []
    elif isinstance(data, dict | list):
        for key, inner in data.items() if isinstance(data, dict) else enumerate(data):
            yield from routes_with(piece, inner, (*route, key))


def is_list(type_: str) -> bool:
    """Whether the values of a parameter of this type are lists."""
    return "List" in type_


def is_arn(text: str) -> bool:
    """Whether a text is an ARN rather than the name of a component; one that begins with a parameter is."""
    return text.startswith(("arn:", MARK))
