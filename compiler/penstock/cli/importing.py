"""``penstock import``."""

import os
import re
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import click

from penstock.cli.exits import CLEAN
from penstock.cli.report import fail, show
from penstock.pipeline import draft


@click.command("import")
@click.argument("templates", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write, instead of printing it.")
@click.option("--force", is_flag=True, help="Write over a file that stands there.")
@click.option(
    "--name", metavar="NAME", help="What the topology is called; without it, as the first template or its folder."
)
@click.option(
    "--explain", is_flag=True, help="Compile what is imported in memory, and print what differs from the templates."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How --explain writes.",
)
def command(templates: tuple[Path, ...], output: Path | None, name: str | None, **how: object) -> None:
    """Make a first topology of CloudFormation and SAM templates.

    TEMPLATES belong together: what one exports the others find. All that could be read is said in the words of the language, with AWS's
    defaults where they are not Penstock's; what could not be expressed stands in comments. Paths of code are as they are seen from the
    file that is written, or from the current folder.
    With --explain the topology is compiled in memory: what differs, what only the templates have, and what only the compiler makes is
    printed, and the topology only where -o says so.
    """
    if name is not None and not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name):
        fail(f"{name!r} is no name of a topology: small letters, digits and -, a letter first, at most 40")
    folder = output.parent if output else Path()
    imported, faults = draft(templates, folder, name)
    show(faults)
    if imported is None:
        fail("not imported: the templates cannot be used")
    if output is not None:
        _write(output, imported.text, force=bool(how["force"]))
    if how["explain"]:
        from penstock.importing.comparing import compare
        from penstock.importing.telling import as_json, text

        comparison = compare(imported, folder)
        click.echo(text(comparison) if how["format_"] == "text" else as_json(comparison), nl=False)
    elif output is None:
        click.echo(imported.text, nl=False)
    sys.exit(CLEAN)


def _write(path: Path, text: str, *, force: bool) -> None:
    """Write a file whole or not at all."""
    if os.path.lexists(path) and not force:
        fail(f"{path} stands there already; --force writes over it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(prefix=".penstock-", dir=path.parent)
    except OSError as error:
        fail(f"{path}: {error.strerror}")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(scratch).chmod(0o666 & ~_umask())
        Path(scratch).replace(path)
    except OSError as error:
        with suppress(OSError):
            Path(scratch).unlink()
        fail(f"{path}: {error.strerror}")
    click.echo(f"wrote {path}", err=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
