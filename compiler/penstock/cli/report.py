"""Diagnostics on the terminal."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

import click

from penstock.cli.exits import CLEAN, FINDINGS, UNUSABLE
from penstock.diagnostics import Diagnostic, Severity
from penstock.pipeline import Checked

if TYPE_CHECKING:
    from penstock.model.topology import Topology

_WIDTH = 100


def show(diagnostics: Sequence[Diagnostic]) -> None:
    """Write diagnostics as text."""
    if diagnostics:
        from penstock.diagnostics.text import render_text

        colour = _wants_colour()
        click.echo(render_text(diagnostics, colour=colour, width=width()), nl=False, color=colour)


def fail(text: str, code: int = UNUSABLE) -> NoReturn:
    """Say in one line why the command ends."""
    click.echo(f"penstock: {text}", err=True)
    sys.exit(code)


def unknown(name: str, topology: "Topology") -> NoReturn:
    """Say that no component and no message has a name, and which one may be meant."""
    from difflib import get_close_matches

    near = get_close_matches(name, [*topology.messages, *topology.components], n=1)
    fail(f"nothing is named {name!r} in topology {topology.name!r}{f'; did you mean {near[0]!r}?' if near else ''}")


def width() -> int:
    """The columns of the terminal; where there is none, a width that reads well."""
    from shutil import get_terminal_size

    return get_terminal_size((_WIDTH, 24)).columns


def on_terminal() -> bool:
    """Whether a person sees the output as it comes."""
    return sys.stdout is not None and sys.stdout.isatty()


def summary(checked: Sequence[Checked]) -> str:
    """One line on what was found."""
    diagnostics = [diagnostic for one in checked for diagnostic in one.diagnostics]
    one, several = ("template", "templates") if all(each.template for each in checked) else ("topology", "topologies")
    files = f"{len(checked)} {one if len(checked) == 1 else several}"
    counts = [(sum(d.severity is severity for d in diagnostics), severity.value) for severity in Severity]
    found = ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count)
    return f"{found or 'no findings'} in {files}"


def exit_code(checked: Sequence[Checked]) -> int:
    """The worst of all: unusable input before findings, findings before nothing."""
    if any(one.topology is None for one in checked):
        return UNUSABLE
    return FINDINGS if any(one.failed for one in checked) else CLEAN


def _wants_colour() -> bool:
    """On a terminal that can, unless NO_COLOR is set to anything."""
    return on_terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
