"""Jinja2 that writes nothing but code: text that has not been through a quoting function is refused."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from penstock.emit.python_code import Code

if TYPE_CHECKING:
    from jinja2 import Environment

Templates = Callable[[str], str]
"""Gives the text of a template by its name, as ``handler.py.j2``."""


@functools.lru_cache(maxsize=4)
def jinja(templates: Templates, literal: Callable[[object], Code]) -> "Environment":
    """The environment of a language's templates; its ``literal`` is their filter ``quote``."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    made = Environment(
        loader=FunctionLoader(templates),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - HTML's escaping would spoil code; `_only_code` is the guard here
        finalize=_only_code,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["quote"] = literal
    return made


def _only_code(value: object) -> object:
    if not isinstance(value, Code):
        raise TypeError(f"a template would write {type(value).__name__}, which nothing has quoted")
    return value
