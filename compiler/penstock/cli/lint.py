"""``penstock lint``."""

import os
import sys
from pathlib import Path

import click

from penstock.cli.exits import UNUSABLE
from penstock.cli.report import exit_code, on_terminal, show, summary
from penstock.pipeline import check, check_every, find, is_schema, users


@click.command("lint")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, readable=False))
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How findings are written.",
)
@click.option("--env", "environment", metavar="NAME", help="Look at this environment alone, not at each and at none.")
def command(paths: tuple[Path, ...], format_: str, environment: str | None) -> None:
    """Find what would lose, duplicate, reorder or endlessly retry messages.

    PATHS are topology files, folders that hold them, or JSON Schema files of messages, which mean the topologies that use them;
    without any, the topology of the current folder, or those below it.
    """
    files, empty = _files(paths or (Path(),))
    checked = [check(file, environment) if environment else check_every(file) for file in files]
    diagnostics = [diagnostic for one in checked for diagnostic in one.diagnostics]
    if format_ == "json":
        from penstock.diagnostics.json import render_json

        click.echo(render_json(diagnostics), nl=False)
    else:
        show(diagnostics)
        if checked:
            click.echo("\n" * (bool(diagnostics) and on_terminal()) + summary(checked), err=True)
    for path in empty:
        where = "the current folder" if path == Path() else path
        click.echo(f"penstock: there is no topology.yaml in {where} or below it", err=True)
    sys.exit(UNUSABLE if empty else exit_code(checked))


def _files(paths: tuple[Path, ...]) -> tuple[list[Path], list[Path]]:
    """The topologies that the paths mean, each once however it is spelt, and the paths that mean none."""
    files: dict[str, Path] = {}
    empty = []
    for path in paths:
        found = users(path) if is_schema(path) else find([path])
        for file in found:
            files.setdefault(os.path.realpath(file), file)
        if not found and is_schema(path):
            click.echo(f"penstock: no topology uses {path}", err=True)
        elif not found:
            empty.append(path)
    return list(files.values()), empty
