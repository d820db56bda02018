"""Fixes on disk."""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from difflib import unified_diff
from pathlib import Path

import click

from penstock.cli.exits import CLEAN, FINDINGS, UNUSABLE
from penstock.cli.linting import Run
from penstock.cli.report import exit_code, fail
from penstock.lint.fixing import Fixed, fix
from penstock.source.text import BYTE_ORDER_MARK

_MOST_PASSES = 10


def repair(run: Run, again: Callable[[], Run], *, unsafe: bool) -> Run:
    """Make the fixes, look again, and go on until there is nothing more to fix; what is left then."""
    count, files = 0, set[str]()
    for _ in range(_MOST_PASSES):
        made = fix(run.diagnostics, unsafe=unsafe)
        if not made:
            break
        for one in made:
            _write(one)
            count += len(one.fixed)
            files.add(one.source.path)
        run = again()
    if count:
        click.echo(f"fixed {count} {'finding' if count == 1 else 'findings'} in {', '.join(sorted(files))}", err=True)
    return run


def print_diff(run: Run, *, unsafe: bool) -> int:
    """Print what the fixes would change, and end as with findings where that is anything."""
    made = fix(run.diagnostics, unsafe=unsafe)
    for one in made:
        lines = unified_diff(
            one.source.text.splitlines(keepends=True),
            one.text.splitlines(keepends=True),
            f"a/{one.source.path}",
            f"b/{one.source.path}",
        )
        for line in lines:
            click.echo(line, nl=False)
            if not line.endswith(("\n", "\r")):
                click.echo("\n\\ No newline at end of file")
    if exit_code(run.checked) == UNUSABLE:
        return UNUSABLE
    return FINDINGS if made else CLEAN


def _write(fixed: Fixed) -> None:
    """Put a text in the place of a file, whole or not at all; its mode and its byte order mark stay."""
    path = Path(os.path.realpath(fixed.source.path))
    temporary = None
    try:
        mark = BYTE_ORDER_MARK if path.read_bytes().startswith(BYTE_ORDER_MARK.encode()) else ""
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write((mark + fixed.text).encode())
        temporary.chmod(path.stat().st_mode)
        temporary.replace(path)
    except OSError as error:
        if temporary:
            with suppress(OSError):
                temporary.unlink()
        fail(f"{fixed.source.path} cannot be written: {error.strerror}")
