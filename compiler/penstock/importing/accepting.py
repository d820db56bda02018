"""What the language does not accept is taken out and told, until all that is left is a topology."""

from __future__ import annotations

from typing import TYPE_CHECKING

from penstock.hops import hop_of
from penstock.hops.lowering import lower
from penstock.importing.layout import Layout, written
from penstock.importing.settling import drop
from penstock.kinds.build import build
from penstock.lint.engine import run
from penstock.lint.rules import rules_at
from penstock.model.variant import vary
from penstock.plan.deployed import clashes
from penstock.schema import check
from penstock.source.text import Source
from penstock.source.yaml import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from penstock.diagnostics import Diagnostic
    from penstock.importing.sheet import Sheet
    from penstock.model.contracts import ReadSchema
    from penstock.model.topology import Topology
    from penstock.source.document import Document
    from penstock.source.yaml import Route

_LOWERING = ("pipes.pipe_cannot_unwrap",)
"""Rules on what cannot be compiled at all."""
_MOST = 400
"""Rounds, each of which takes something out."""


def accept(sheet: Sheet, read_schema: ReadSchema) -> Topology:
    """The topology that a sheet is once nothing of it is refused."""
    for _ in range(_MOST):
        topology, refused = _look(sheet, read_schema)
        if topology is not None:
            return topology
        for route, why in refused:
            _take_out(sheet, route, why)
    message = f"the import of {sheet.data['name']} has faults without an end"
    raise LookupError(message)


def _look(sheet: Sheet, read_schema: ReadSchema) -> tuple[Topology | None, list[tuple[Route, str]]]:
    text, routes = written(Layout({}, flat=True).lines(sheet.data))
    parsed, faults = parse(Source("topology.yaml", text))
    if parsed is None or faults:
        message = f"what is written is no YAML: {[fault.message for fault in faults]}"
        raise LookupError(message)
    document: Document = parsed
    if document.mentions("${"):
        variant = vary(document, None)
        if variant.document is None:
            return None, list(_places(variant.diagnostics, routes))
        document = variant.document
    elif violations := check(document):
        return None, list(_places(violations, routes))
    built = build(document, read_schema)
    if built.topology is None:
        return None, list(_places(built.faults, routes))
    parted = [one for one in built.topology.connections if hop_of(one) is None]
    if not parted:
        lost = list(run(built.topology, rules_at(_LOWERING)))
        if not lost and built.topology.parameters:
            lost = list(clashes(lower(built.topology), built.topology))
        return (None, list(_places(lost, routes))) if lost else (built.topology, [])
    return None, [
        (routes[one.at().span().begin.line - 1], f"nothing carries messages from {one.source} to {one.target}")
        for one in parted
    ]


def _places(diagnostics: list[Diagnostic], routes: list[Route]) -> Iterator[tuple[Route, str]]:
    for one in diagnostics:
        yield routes[one.span.begin.line - 1], one.message


def _take_out(sheet: Sheet, route: Route, why: str) -> None:
    """Take out what stands at a route, or what cannot be without it; twice nothing is told."""
    if len(route) == 2 and route[0] == "parameters":  # noqa: PLR2004 - one whose name the compiler needs
        sheet.rename_parameter(str(route[1]))
        return
    route = _whole(route)
    if len(route) < 2 or sheet.at(route) is None:  # noqa: PLR2004 - what is not there any more, or no component
        return
    component = sheet.at(route[:2]) if len(route) > 2 else None  # noqa: PLR2004
    spot = sheet.spot_of(route)
    around = route[:2] if component is not None else ()
    if spot:
        sheet.note(around, spot, why)
    else:
        sheet.say(around, f"not expressed: {'.'.join(map(str, route))}: {why}")
    if len(route) == 2:  # noqa: PLR2004
        sheet.forget(route)
    drop(sheet, route)


def _whole(route: Route) -> Route:
    """What has to go with what is refused: a delivery without its source is none, and a component without what it needs."""
    for word in ("from", "publishes"):
        if word in route[2:]:
            cut = route.index(word, 2)
            inner = route[cut + 1 :]
            if not inner or inner in {("source",), ("to",), ("message",)} or (len(inner) == 1 and inner[0] in _ENDS):
                return route[: cut + 1]
            if isinstance(inner[0], int) and (len(inner) == 1 or inner[1] in _ENDS):
                return route[: cut + 2]
    if route[2:] and route[2] in _NEEDED:
        return route[:2]
    if route[:1] == ("defaults",):
        return route[:3]
    return route


_ENDS = frozenset({"source", "to", "message"})
_NEEDED = frozenset({"type", "definition", "existing", "every", "url", "address", "key"})
