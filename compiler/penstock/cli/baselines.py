"""Reading and writing baselines."""

from pathlib import Path

import click

from penstock.cli.exits import CLEAN, UNUSABLE
from penstock.cli.linting import Run
from penstock.cli.report import exit_code, fail, show
from penstock.lint import baseline


def without_known(run: Run, path: Path) -> Run:
    """A run without what the baseline has."""
    try:
        known = baseline.read(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, baseline.BaselineError) as error:
        fail(f"{path} cannot be used: {error}")
    left, checked = known, []
    for one in run.checked:
        remaining = baseline.subtract(one.diagnostics, left, path.parent)
        left = remaining.left
        checked.append(one._replace(diagnostics=remaining.diagnostics))
    return Run(checked, left.total())


def write_baseline(run: Run, path: Path) -> int:
    """Write what was found to a file; a topology that cannot be used has no findings to write."""
    if exit_code(run.checked) == UNUSABLE:
        show(run.diagnostics)
        fail("no baseline written: first mend what makes a topology unusable")
    text = baseline.write(run.diagnostics, path.parent)
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")
    count = len(run.diagnostics)
    click.echo(
        f"{path} has {count} {'finding' if count == 1 else 'findings'}: from now on only others are told", err=True
    )
    return CLEAN
