"""The words of the diagnostics: whose key it is, what was found, what is expected."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from penstock.schema.definitions import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from penstock.source.yaml import Route

_SHOWN = 60
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
_WORDS_OF_YAML = {"null", "true", "false"}


def owner(route: Route) -> str:
    """The component that a route leads into, as findings name it: `queue 'orders'`; else the topology."""
    if len(route) > 1 and route[0] in SECTIONS:
        return f"{SECTIONS[str(route[0])]} '{route[1]}'"
    return "the topology"


def field(route: Route) -> str:
    """The way from a component to a place inside it, `dlq.retention` or `from[1].source`; empty for the component."""
    inside = route[2:] if owner(route) != "the topology" else route
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in inside)
    return text.removeprefix(".")


def subject(route: Route) -> str:
    """What a message is about: `queue 'orders'` or `queue 'orders': 'dlq.retention'`."""
    inside = field(route)
    return f"{owner(route)}: '{inside}'" if inside else owner(route)


def found(value: object) -> str:
    """A value as a message shows it."""
    match value:
        case None:
            return "empty"
        case bool():
            return str(value).lower()
        case int() | float():
            return _short(str(value) if not isinstance(value, int) or abs(value) < 10**_SHOWN else "a huge number")
        case str():
            return f"'{_short(value)}'" if value else "an empty text"
        case list():
            return "a list"
        case _:
            return "a mapping"


def _short(text: str) -> str:
    line = " ".join(text[: 2 * _SHOWN].split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def a(noun: str) -> str:
    """A noun phrase with its article."""
    return f"{'an' if noun[:1].lower() in set('aeiou') else 'a'} {noun}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Words as a sentence lists them: `a, b and c`."""
    *head, tail = words
    return f"{', '.join(head)} {last} {tail}" if head else tail


def example(node: Mapping[str, Any]) -> str | None:
    """The first example of a place of the schema, as it is written in a topology."""
    if "const" in node:
        return flow(node["const"])
    return flow(node["examples"][0]) if node.get("examples") else None


def flow(value: object) -> str:
    """A value in YAML's flow style."""
    match value:
        case dict():
            return "{" + ", ".join(f"{flow(key)}: {flow(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(flow(item) for item in value) + "]"
        case str() if _PLAIN.fullmatch(value) and value not in _WORDS_OF_YAML:
            return value
        case str() if re.fullmatch(r"[0-9]+[A-Za-z/]+", value):
            return value
    return json.dumps(value, ensure_ascii=False)


def expected(node: Mapping[str, Any]) -> str:
    """What a place of the schema takes, as a noun phrase without article."""
    return str(node.get("x-what", "mapping" if "properties" in node else "different value"))


def such_as(node: Mapping[str, Any]) -> str | None:
    """Help that shows an example, or one of each shape where there are several."""
    examples = node.get("examples", ())
    shown = [flow(value) for value in (examples if "anyOf" in node else examples[:1])]
    return f"for example {listed(shown, 'or')}" if shown else None


def addition(key: str, node: Mapping[str, Any]) -> str:
    """Help that shows what to add where a key is missing, and what the key is for."""
    options = node.get("enum", ())
    if len(options) > 1:
        return f"add '{key}': {possible(options)}"
    shown = example(node)
    text = f"add '{key}: {shown}'" if shown else f"add '{key}'"
    return f"{text}. {node['description']}" if "description" in node else text


def limit_source(source: str | None) -> str | None:
    """Help that says whose limit it is."""
    return None if source is None else f"AWS sets this limit: {source}"


def possible(options: Sequence[object]) -> str:
    """The values that an enumeration takes, for the end of a sentence."""
    words = [flow(option) for option in options if option is not None]
    return f"only {listed(words)} {'is' if len(words) == 1 else 'are'} possible"
