"""``penstock explain``."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import wrap

import click

from penstock.cli.compile import only_one
from penstock.cli.environment import environment_option
from penstock.cli.exits import CLEAN
from penstock.cli.report import fail, show, unknown, width
from penstock.graph.journeys import Leg, beginnings, journey, messages_on
from penstock.hops import semantics
from penstock.hops.promises import phrases
from penstock.hops.semantics import Semantics
from penstock.model.component import Component, Connection
from penstock.model.topology import Topology
from penstock.pipeline import find, load

_INDENT = 2


@click.command("explain")
@click.argument("name", required=False)
@click.argument("topology", type=click.Path(path_type=Path, readable=False), default=Path())
@environment_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "mermaid"]),
    default="text",
    show_default=True,
    help="How it is written; mermaid is the sequence diagram of a choreography.",
)
def command(name: str | None, topology: Path, environment: str | None, format_: str) -> None:
    """Say what becomes of every message, hop by hop.

    For each hop its guarantee, its order, who tries how often and for how long, and where a message goes when all of that has failed.

    NAME is a component, from which the ways of its messages are followed; a message, which is followed from whoever publishes it; or a
    choreography, whose whole flow is told.
    Without NAME everything is said. TOPOLOGY is a topology file or the folder that holds it; without one, the current folder.
    """
    if name is not None and topology == Path() and _is_topology(name):
        topology, name = Path(name), None
    loaded = load(only_one(topology), environment)
    if loaded.topology is None:
        show(loaded.diagnostics)
        fail("not explained: the topology cannot be used")
    if _tell_choreography(name, loaded.topology, format_):
        sys.exit(CLEAN)
    journeys = _journeys(name, loaded.topology)
    if format_ == "json":
        click.echo(_json(journeys, loaded.topology))
    else:
        click.echo("\n\n".join("\n".join(_lines(start, legs, loaded.topology)) for start, legs in journeys))
    sys.exit(CLEAN)


def _is_topology(text: str) -> bool:
    """Whether what stands where a name may stand is rather a path."""
    path = Path(text)
    return path.exists() and bool(find([path]))


def _tell_choreography(name: str | None, topology: Topology, format_: str) -> bool:
    """Tell the flow of a choreography, if it is the name of one."""
    saga = topology.components.get(name or "")
    if saga is None or saga.word != "choreography":
        if format_ == "mermaid":
            fail("a sequence diagram shows a choreography: name one")
        return False
    from penstock.cli import choreographies
    from penstock.kinds import Choreography

    if not isinstance(saga, Choreography):
        raise TypeError(saga)
    if format_ == "json":
        click.echo(_written(choreographies.data(saga, topology)))
    else:
        told = choreographies.mermaid if format_ == "mermaid" else choreographies.text
        click.echo("\n".join(told(saga, topology)))
    return True


Journey = tuple[Component, Sequence[Leg]]


def _journeys(name: str | None, topology: Topology) -> list[Journey]:
    told: set[Component] = set()
    if name is None:
        return [(start, list(journey(start, topology, told))) for start in beginnings(topology)]
    if name in topology.components:
        start = topology.components[name]
        return [(start, [*_arriving(start, topology), *journey(start, topology, told)])]
    if name in topology.messages:
        starts = [publisher for publisher in topology.components.values() if _publishes(publisher, name)]
        return [(start, _of_message(name, journey(start, topology, set()))) for start in starts]
    return unknown(name, topology)


def _arriving(component: Component, topology: Topology) -> Iterator[Leg]:
    for connection in topology.incoming(component):
        yield Leg(-1, connection, messages_on(connection, topology), told=False)


def _publishes(component: Component, message: str) -> bool:
    return any(publication.message == message for publication in component.publications)


def _of_message(name: str, legs: Iterator[Leg]) -> list[Leg]:
    """The steps that a message takes; what a consumer makes of it is another message's way."""
    kept: list[Leg] = []
    cut: int | None = None
    for leg in legs:
        if cut is not None and leg.depth > cut:
            continue
        carries = name in leg.messages
        cut = None if carries else leg.depth
        if carries:
            kept.append(leg)
    return kept


def _lines(start: Component, legs: Sequence[Leg], topology: Topology) -> Iterator[str]:
    """A heading, and under it two lines or more for each step."""
    yield str(start)
    for leg in legs:
        margin = " " * (_INDENT * (max(leg.depth, 0) + 1))
        arrow = "from" if leg.depth < 0 else "to"
        end = leg.connection.source if leg.depth < 0 else leg.connection.target
        carried = f": {', '.join(leg.messages)}" if leg.messages else ""
        yield f"{margin}{arrow} {end}{carried}"
        promise = semantics(leg.connection, topology)
        text = "; ".join(phrases(promise)) if promise else "AWS has no way to join these two"
        if leg.told and leg.depth >= 0 and topology.outgoing(leg.connection.target):
            text += "; the way on stands above"
        yield from wrap(
            text,
            max(width(), 40),
            initial_indent=margin + " " * _INDENT,
            subsequent_indent=margin + " " * _INDENT,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _json(journeys: Sequence[Journey], topology: Topology) -> str:
    connections = dict.fromkeys(leg.connection for _, legs in journeys for leg in legs)
    document = {
        "version": 1,
        "topology": topology.name,
        "hops": [_hop(connection, topology) for connection in connections],
    }
    return _written(document)


def _written(document: dict[str, object]) -> str:
    import json

    return json.dumps(document, indent=2, ensure_ascii=False)


def _hop(connection: Connection, topology: Topology) -> dict[str, object]:
    promise = semantics(connection, topology)
    return {
        "from": connection.source.name,
        "to": connection.target.name,
        "messages": list(messages_on(connection, topology)),
        "promise": _promise(promise) if promise else None,
    }


def _promise(promise: Semantics) -> dict[str, object]:
    return {
        "guarantee": promise.guarantee.value,
        "ordering": promise.ordering.value,
        "retried_by": promise.retried_by,
        "attempts": promise.attempts,
        "window_seconds": promise.window,
        "ending": promise.ending.value,
        "dead_letters": promise.dead_letters.name if promise.dead_letters else None,
        "unread": promise.unread.name if promise.unread else None,
        "source": promise.source,
        "then": _promise(promise.then) if promise.then else None,
    }
