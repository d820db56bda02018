"""``penstock show``."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from penstock.cli.compile import only_one
from penstock.cli.environment import environment_option
from penstock.cli.exits import CLEAN
from penstock.cli.report import fail, show, unknown
from penstock.model.component import Component
from penstock.model.provenance import Given, values
from penstock.model.topology import Message, Topology
from penstock.pipeline import load
from penstock.schema.wording import flow
from penstock.source.yaml import Route

_WIDEST = 60


@click.command("show")
@click.argument("name")
@click.argument("topology", type=click.Path(path_type=Path, readable=False), default=Path())
@click.option("--resolved", is_flag=True, help="Also what nobody has written: the defaults of AWS and of the language.")
@environment_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How it is written.",
)
def command(name: str, topology: Path, environment: str | None, format_: str, *, resolved: bool) -> None:
    """Show a component as it is, and where each value comes from.

    NAME is a component or a message of TOPOLOGY, which is a topology file or the folder that holds it; without one, the current folder.
    """
    loaded = load(only_one(topology), environment)
    if loaded.topology is None:
        show(loaded.diagnostics)
        fail("not shown: the topology cannot be used")
    thing = _find(name, loaded.topology)
    given = list(values(thing, environment, everything=resolved))
    if format_ == "json":
        click.echo(_json(thing, environment, given))
    else:
        click.echo("\n".join([_title(thing, environment), *_lines(given)]))
    sys.exit(CLEAN)


def _find(name: str, topology: Topology) -> Component | Message:
    things: dict[str, Component | Message] = {**topology.messages, **topology.components}
    if name not in things and name.rpartition("/")[2] in topology.messages:
        name = name.rpartition("/")[2]  # a message travels under its own name, whoever declares it
    return things[name] if name in things else unknown(name, topology)


def _title(thing: Component | Message, environment: str | None) -> str:
    what = str(thing) if isinstance(thing, Component) else f"message {thing.name!r}"
    return f"{what} in environment {environment!r}" if environment else what


def _lines(given: Sequence[Given]) -> Iterator[str]:
    """A line for each value; behind it the place that it comes from, and who says so where that is not the component."""
    texts = [f"  {field(one.path)}: {one.value if one.in_words else flow(one.value)}" for one in given]
    width = max((len(text) for text in texts if len(text) <= _WIDEST), default=0)
    for one, text in zip(given, texts, strict=True):
        place = f"{one.span.source.path}:{one.span.begin.line}" if one.span else ""
        yield f"{text:<{width}}  {'  '.join(part for part in (place, one.by) if part)}"


def field(path: Route) -> str:
    """The way to a field, as findings write it: ``from[0].batch.size``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _json(thing: Component | Message, environment: str | None, given: Sequence[Given]) -> str:
    import json

    shown = [
        {
            "path": list(one.path),
            "value": None if one.in_words else one.value,
            "words": one.value if one.in_words else None,
            "by": one.by or "component",
            "file": one.span.source.path if one.span else None,
            "line": one.span.begin.line if one.span else None,
        }
        for one in given
    ]
    word = thing.word if isinstance(thing, Component) else "message"
    document = {"version": 1, "name": thing.name, "kind": word, "environment": environment, "values": shown}
    return json.dumps(document, indent=2, ensure_ascii=False)
