"""The topology that uses every key, and places in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from penstock.source.yaml import Document, Route, Source, parse

Json: TypeAlias = Any
TEXT = Path(__file__).with_name("everything.yaml").read_text(encoding="utf-8")
# What is open to the team: the schema does not look inside.
OPEN = {"definition", "filter", "pattern", "payload", "schema"}


def document_of(text: str) -> Document:
    document, faults = parse(Source("topology.yaml", text))
    assert document is not None, faults
    return document


def data() -> Json:
    return document_of(TEXT).data


def routes(value: object, route: Route = ()) -> Iterator[Route]:
    """The routes of everything inside a value, as far as the schema looks."""
    items: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, inner in items:
        yield (*route, key)
        if key not in OPEN:
            yield from routes(inner, (*route, key))


def at(value: Json, route: Route) -> Json:
    for step in route:
        value = value[step]
    return value
