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
def command(templates: tuple[Path, ...], output: Path | None, name: str | None, *, force: bool) -> None:
    """Make a first topology of CloudFormation and SAM templates.

    TEMPLATES belong together: what one exports the others find. All that could be read is said in the words of the language, with AWS's
    defaults where they are not Penstock's; what could not be expressed stands in comments. Paths of code are as they are seen from the
    file that is written, or from the current folder.
    """
    if name is not None and not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name):
        fail(f"{name!r} is no name of a topology: small letters, digits and -, a letter first, at most 40")
    imported, faults = draft(templates, output.parent if output else Path(), name)
    show(faults)
    if imported is None:
        fail("not imported: the templates cannot be used")
    if output is None:
        click.echo(imported.text, nl=False)
    else:
        _write(output, imported.text, force=force)
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
