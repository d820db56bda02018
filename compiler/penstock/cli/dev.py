"""``penstock dev``."""

import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from penstock.cli.compile import compiled_or_exit
from penstock.cli.exits import CLEAN, FINDINGS
from penstock.cli.output import write
from penstock.dev import DevError
from penstock.model import units

if TYPE_CHECKING:
    from penstock.dev.deploy import Stack
    from penstock.dev.embedded import EmbeddedAws
    from penstock.dev.places import Message
    from penstock.model.topology import Topology

_INTERRUPTED = 130


class _Duration(click.ParamType):
    """A duration as the language writes it."""

    name = "duration"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Seconds."""
        if isinstance(value, int):
            return value
        if not units.is_duration(value):
            self.fail(f"{value!r} is no duration; write a number and a unit, as 30s", param, ctx)
        return units.duration(value)


class _Sent(click.ParamType):
    """``MESSAGE=FILE``."""

    name = "MESSAGE=FILE"

    def convert(
        self, value: str | tuple[str, Path], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Path]:
        """The message's name and the file of its payload."""
        if isinstance(value, tuple):
            return value
        name, equals, file = value.partition("=")
        if not equals or not Path(file).is_file():
            problem = f"there is no file {file!r}" if equals else f"{value!r} is not of the form MESSAGE=FILE"
            self.fail(problem, param, ctx)
        return name, Path(file)


@click.command("dev")
@click.argument("topology", type=click.Path(path_type=Path))
@click.option(
    "--send", "sends", type=_Sent(), multiple=True, help="Send the message with this payload; may be repeated."
)
@click.option("--from", "producer", help="Send as this producer; otherwise as the first that publishes the message.")
@click.option("--for", "seconds", type=_Duration(), default="30s", show_default=True, help="How long to follow them.")
@click.option(
    "--visibility",
    type=_Duration(),
    default="5s",
    show_default=True,
    help="Lower visibility timeouts to this, so that retries come soon; 0s keeps the declared ones.",
)
def command(
    topology: Path, sends: tuple[tuple[str, Path], ...], producer: str | None, seconds: int, visibility: int
) -> None:
    """Run TOPOLOGY on embedded AWS and follow messages through it.

    Compiles, starts an AWS emulator on the loopback interface, deploys the compiled template through its CloudFormation, sends the
    messages, and shows where each of them ended. Without --send it stays up until Ctrl-C. Nothing is left running.
    """
    _, built, compiled = compiled_or_exit(topology)
    try:
        messages = [_message(built, name, file, producer) for name, file in sends]
        with _terminating(), tempfile.TemporaryDirectory(prefix="penstock-dev-") as scratch:
            folder = Path(scratch) / "out"
            write(folder, compiled.files)
            _run(built, folder, messages, seconds, visibility or None)
    except DevError as error:
        click.echo(f"penstock: {error}", err=True)
        sys.exit(FINDINGS)
    except KeyboardInterrupt:
        click.echo("stopped; nothing is left running", err=True)
        sys.exit(CLEAN if not sends else _INTERRUPTED)
    sys.exit(CLEAN)


@contextmanager
def _terminating() -> Iterator[None]:
    """A polite kill ends the run as Ctrl-C does, so that nothing is left running."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _message(topology: "Topology", name: str, file: Path, producer: str | None) -> "Message":
    from penstock.dev.places import Message
    from penstock.dev.topology_places import contract, entry

    label = f"{name} {file.stem}"
    return Message(label, contract(name, topology), entry(name, topology, producer), file.read_text(encoding="utf-8"))


def _run(topology: "Topology", folder: Path, messages: list["Message"], seconds: int, visibility: int | None) -> None:
    from penstock.dev.deploy import deploy
    from penstock.dev.embedded import EmbeddedAws
    from penstock.dev.report import render_changes

    with EmbeddedAws() as aws:
        stack = deploy(folder / "template.yaml", topology.name, aws, visibility=visibility)
        width = shutil.get_terminal_size((100, 24)).columns
        click.echo(
            f"deployed {len(stack.resources)} resources of {topology.name!r} to the embedded AWS at {aws.endpoint}"
        )
        click.echo(render_changes(stack.changes, width))
        if messages:
            _follow(topology, stack, aws, messages, seconds, width)
        else:
            _wait(stack)


def _wait(stack: "Stack") -> None:
    for name, value in sorted(stack.outputs.items()):
        click.echo(f"{name}: {value}")
    click.echo("Ctrl-C stops it.")
    signal.pause()


def _follow(  # noqa: PLR0913, PLR0917 - one run's parts
    topology: "Topology", stack: "Stack", aws: "EmbeddedAws", messages: list["Message"], seconds: int, width: int
) -> None:
    from penstock.dev.report import render_ends
    from penstock.dev.send import send
    from penstock.dev.topology_places import places
    from penstock.dev.trace import ends, follow

    known = places(topology)
    sent = [send(aws, stack, message) for message in messages]
    seen = follow(aws, stack, known, seconds)
    click.echo(render_ends(ends(known, sent, seen), width), nl=False)
    for denial in aws.denials():
        click.echo(f"denied: {denial}")
