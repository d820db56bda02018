"""The data files of the package: the language's schema, AWS's limits, and templates.

The only module that knows where `schemas/` and `templates/` lie: inside the installed package, be it a folder or a zip
file, or beside `compiler/` in a checkout.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

_PACKAGE = Path(__file__).parent
_CHECKOUT = Path(__file__).parents[2]


class _Loader(Protocol):
    def get_data(self, path: str, /) -> bytes: ...


def text(*parts: str) -> str:
    """The text of a data file, `text("templates", "python", "handler.py.j2")`; FileNotFoundError if there is none."""
    loader = cast("_Loader", cast("Any", __spec__).loader)
    for folder in (_PACKAGE, _CHECKOUT):
        try:
            return loader.get_data(str(folder.joinpath(*parts))).decode()
        except OSError:
            continue
    raise FileNotFoundError("/".join(parts))


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of the language. Shared by all callers: not to be changed."""
    return cast("dict[str, Any]", json.loads(text("schemas", "topology.schema.json")))


@cache
def limits() -> dict[str, dict[str, Any]]:
    """AWS's limits and defaults by dotted name, each with value, unit (s, bytes, count, ...) and source."""
    return cast("dict[str, dict[str, Any]]", json.loads(text("schemas", "limits.json")))


def limit(name: str) -> Any:  # noqa: ANN401 - a number for nearly all, and the caller names the one it means
    """The value of one limit, `limit("sqs.default_retention")`: seconds, bytes or a count."""
    return limits()[name]["value"]
