"""``penstock sample``."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from penstock.cli.compile import only_one
from penstock.cli.environment import environment_option
from penstock.cli.exits import CLEAN
from penstock.cli.report import fail, show, unknown
from penstock.model.topology import Topology
from penstock.pipeline import load

if TYPE_CHECKING:
    from penstock.emit.samples import Door

KINDS = ("valid", "duplicate", "poison", "batch")


@click.command("sample")
@click.argument("consumer")
@click.argument("topology", type=click.Path(path_type=Path, readable=False), default=Path())
@click.option("--message", metavar="NAME", help="Which message comes, of several that can; of a saga, which step.")
@click.option("--from", "source", metavar="NAME", help="Where it comes from, if the consumer reads several.")
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    default="valid",
    show_default=True,
    help="A valid message, the same delivered again, one that breaks its schema, or a batch with one such.",
)
@environment_option
def command(consumer: str, topology: Path, environment: str | None, kind: str, **asked: str | None) -> None:
    """Print an event as a consumer gets it, made from the schema of its message.

    The same is printed every time. CONSUMER is a function or a service of TOPOLOGY, which is a topology file or the folder that holds it;
    without one, the current folder.
    """
    loaded = load(only_one(topology), environment)
    if loaded.topology is None:
        show(loaded.diagnostics)
        fail("no sample: the topology cannot be used")
    click.echo(_event(consumer, loaded.topology, kind, asked))
    sys.exit(CLEAN)


def _event(consumer: str, topology: Topology, kind: str, asked: Mapping[str, str | None]) -> str:
    import json

    from penstock.emit.samples import Kind, NoSampleError, doors, sample

    if consumer not in topology.components:
        unknown(consumer, topology)
    try:
        ways = doors(topology.components[consumer], topology)
        if not ways:
            fail(f"{topology.components[consumer]} is no function and no service that messages come to")
        door, name = _chosen(ways, asked["message"], asked["source"], consumer)
        event = sample(door, name, Kind(kind), topology)
    except NoSampleError as why:
        fail(f"no sample: {why}")
    return json.dumps(event, indent=2)


def _chosen(ways: "list[Door]", message: str | None, source: str | None, consumer: str) -> "tuple[Door, str]":
    """The first way that fits what is asked for, and the first message on it that does."""
    sources = list(dict.fromkeys(way.source for way in ways))
    if source is not None and source not in sources:
        fail(f"{consumer!r} reads nothing named {source!r}: {_listed(sources)}")
    ways = [way for way in ways if source in {None, way.source}]
    messages = list(dict.fromkeys(name for way in ways for name in way.messages))
    if message is not None and message not in messages:
        where = f"from {source!r} " if source else ""
        fail(f"no message {message!r} comes {where}to {consumer!r}: {_listed(messages)}")
    found = next(((way, name) for way in ways for name in way.messages if message in {None, name}), None)
    return found or fail(
        f"nothing that the topology knows of comes to {consumer!r}: no producer publishes what it reads"
    )


def _listed(names: list[str]) -> str:
    return f"there {'is' if len(names) == 1 else 'are'} {', '.join(map(repr, names))}" if names else "there is none"
