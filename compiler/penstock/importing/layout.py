"""A topology as text: what is short in one line, what is long in several, and each comment at its place."""

from __future__ import annotations

import json
import re
from textwrap import wrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from penstock.source.yaml import Route

WIDTH = 110
_ROW = 100
_PLAIN = re.compile(
    r"[A-Za-z_/.][A-Za-z0-9_./@-]*(?: [A-Za-z0-9_./@(-][A-Za-z0-9_./@()-]*)*|[0-9]+[A-Za-z]+[A-Za-z0-9]*(?:/[a-z])?"
)
"""Texts that mean themselves to every reader of YAML, also inside of braces."""
_MEASURE = re.compile(r"[0-9]+(?:ms|s|m|h|d|B|[KMG]iB|/s|/m|/h)|[0-9]+/[0-9]+[smh]")
"""Durations, sizes and rates."""
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n", ".inf", ".nan", "~"})
_NUMBER = re.compile(r"[-+.0-9][-+.0-9_:eExXoOa-fA-F]*|\.(inf|nan)", re.IGNORECASE)
_BLOCK = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]+")
_UNUSUAL = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff\U0001f000-\U0010ffff]")
Line = tuple[str, "Route"]


class Layout:
    """Writes data with its comments; ``flat`` gives each entry a line of its own."""

    def __init__(self, notes: Mapping[Route, Sequence[str]], *, flat: bool = False) -> None:
        """Take the comments by the routes of what they stand at."""
        self._notes = notes
        self._flat = flat

    def lines(self, data: Mapping[str, Any], head: Sequence[str] = ()) -> Iterator[Line]:
        """The lines, each with the route of what it says."""
        for text in head:
            yield from _comment(text, "", ())
        for key, value in data.items():
            is_section = isinstance(value, dict)
            if is_section or head:
                yield "", ()
            head = ()
            yield from self._section(key, value) if is_section else self._entry("", key, value, (key,))
        for text in self._notes.get((), ()):
            yield from _comment(text, "", ())

    def _section(self, key: str, section: dict[str, Any]) -> Iterator[Line]:
        own = self._notes.get((key,), ())
        if not section:
            yield f"{key}: {{}}", (key,)
        else:
            yield f"{key}:", (key,)
        for text in own:
            yield from _comment(text, "  ", (key,))
        for name, component in section.items():
            yield from self._component(name, component, (key, name))

    def _component(self, name: str, own: Any, route: Route) -> Iterator[Line]:  # noqa: ANN401 - the data of a topology
        notes = self._notes.get(route, ())
        for text in notes:
            yield from _comment(text, "  ", route)
        yield from self._entry("  ", name, own, route, _ROW)

    def _entry(
        self,
        indent: str,
        key: str | int,
        value: Any,  # noqa: ANN401
        route: Route,
        width: int = WIDTH,
    ) -> Iterator[Line]:
        head = f"{indent}-" if isinstance(key, int) else f"{indent}{scalar(key)}:"
        is_open = isinstance(value, dict | list) and value
        if not is_open or (not self._flat and not _is_long(value)):
            line = f"{head} {flow(value)}"
            if len(line) <= width or not is_open:
                if isinstance(value, str) and "\n" in value and len(line) > _ROW and _BLOCK.fullmatch(value):
                    yield from _text(head, value, indent, route)
                else:
                    yield line, route
                return
        if isinstance(value, dict):
            yield from self._mapping(head, value, indent, route)
            return
        yield head, route
        for number, one in enumerate(value):
            yield from self._entry(f"{indent}  ", number, one, (*route, number))

    def _mapping(self, head: str, value: dict[str, Any], indent: str, route: Route) -> Iterator[Line]:
        """A mapping below its head; in a list the first entry stands behind the dash."""
        inner = (line for key, one in value.items() for line in self._entry(f"{indent}  ", key, one, (*route, key)))
        if head.endswith("-"):
            first, at = next(inner)
            yield f"{indent}- {first.lstrip()}", at if self._flat else route
        else:
            yield head, route
        yield from inner


def _is_long(value: Any) -> bool:  # noqa: ANN401 - the data of a topology
    """Whether a component has too much in it for one line."""
    return isinstance(value, dict) and len(value) > 5 and any(isinstance(one, dict) for one in value.values())  # noqa: PLR2004


def flow(value: Any) -> str:  # noqa: ANN401 - the data of a topology
    """A value in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def scalar(value: Any) -> str:  # noqa: ANN401 - the data of a topology
    """A scalar: plain where nobody can take it for anything else, in double quotes otherwise."""
    if not isinstance(value, str):
        return json.dumps(value)
    if _MEASURE.fullmatch(value):
        return value
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS and not _NUMBER.fullmatch(value):
        return value
    return _UNUSUAL.sub(lambda found: json.dumps(found[0])[1:-1], json.dumps(value, ensure_ascii=False))


def _text(head: str, text: str, indent: str, route: Route) -> Iterator[Line]:
    """A text of several lines."""
    if text[:1].isspace() or text.strip("\n") == "":
        yield f"{head} {scalar(text)}", route
        return
    ending = "" if text.endswith("\n") and not text.endswith("\n\n") else "+" if text.endswith("\n") else "-"
    yield f"{head} |{ending}", route
    for line in text.removesuffix("\n").split("\n"):
        yield f"{indent}  {line}" if line else "", route


def _comment(text: str, indent: str, route: Route) -> Iterator[Line]:
    clean = "".join(one if one.isprintable() or one == "\xa0" else " " for one in text)
    for line in wrap(clean, WIDTH - len(indent) - 2, break_long_words=False, break_on_hyphens=False) or [""]:
        yield f"{indent}# {line}".replace("\xa0", " ").rstrip(), route


def written(lines: Iterator[Line]) -> tuple[str, list[Route]]:
    """The text of some lines, and the route of each."""
    several = list(lines)
    return "".join(f"{text}\n" for text, _ in several), [route for _, route in several]
