"""Every slip of the pen that leaves out one thing of a topology, or makes one amount far too small or too large."""

import copy
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from penstock.schema.definitions import SECTIONS
from penstock.source.yaml import Route

Data = dict[str, Any]

_AMOUNT = re.compile(r"(\d+)([A-Za-z]+)")


class Edit(NamedTuple):
    """One edit of a topology: in words, and what comes of it."""

    words: str
    data: Data


def edits(data: Data) -> Iterator[Edit]:
    """Every single edit of what is said of components, of defaults and of the whole."""
    for section, value in data.items():
        if section in {"penstock", "name", "imports", "messages"}:
            continue
        if section in SECTIONS or section == "defaults":
            for name, component in value.items():
                yield from _below(data, (section, name), component)
        else:
            yield from _at(data, (section,), value)


def _below(data: Data, route: Route, value: object) -> Iterator[Edit]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from _at(data, (*route, step), inner)


def _at(data: Data, route: Route, value: object) -> Iterator[Edit]:
    yield Edit(f"no `{shown(route)}`", _changed(data, route))
    for other in _others(value):
        yield Edit(f"`{shown(route)}: {_text(other)}`", _changed(data, route, other))
    yield from _below(data, route, value)


def _others(value: object) -> tuple[object, ...]:
    """Other amounts of the same kind; the other truth of a truth."""
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return tuple({1, value * 20} - {value})
    if isinstance(value, str) and (amount := _AMOUNT.fullmatch(value)):
        return f"1{amount[2]}", f"{int(amount[1]) * 20}{amount[2]}"
    return ()


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def shown(route: Route) -> str:
    """A route as people write it."""
    return ".".join(map(str, route))


_GONE = object()


def _changed(data: Data, route: Route, value: object = _GONE) -> Data:
    changed = copy.deepcopy(data)
    parent: Any = changed
    for step in route[:-1]:
        parent = parent[step]
    if value is _GONE:
        del parent[route[-1]]
    else:
        parent[route[-1]] = value
    return changed
