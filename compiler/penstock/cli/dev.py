"""``penstock dev``."""

import gc
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
from penstock.cli.environment import environment_option
from penstock.cli.exits import CLEAN, FINDINGS
from penstock.cli.output import write
from penstock.dev import DevError
from penstock.model import units
from penstock.pipeline import owners

if TYPE_CHECKING:
    from penstock.dev.deploy import Stack
    from penstock.dev.embedded import EmbeddedAws
    from penstock.dev.places import Message
    from penstock.model.topology import Topology

_INTERRUPTED = 130


def _duration(ctx: click.Context, param: click.Parameter, value: str) -> int:
    """Seconds of a duration as the language writes it."""
    if not units.is_duration(value):
        raise click.BadParameter(f"{value!r} is no duration; write a number and a unit, as 30s", ctx, param)
    return units.duration(value)


def _sends(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> list[tuple[str, Path]]:
    """Of each MESSAGE=FILE the message's name and the file of its payload."""
    sends = []
    for value in values:
        name, equals, file = value.partition("=")
        if not equals or not Path(file).is_file():
            problem = f"there is no file {file!r}" if equals else f"{value!r} is not of the form MESSAGE=FILE"
            raise click.BadParameter(problem, ctx, param)
        sends.append((name, Path(file)))
    return sends


def _pairs(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """The value of each parameter, from NAME=VALUE."""
    for value in values:
        if "=" not in value:
            raise click.BadParameter(f"{value!r} is not of the form NAME=VALUE", ctx, param)
    return {name: value for name, _, value in (value.partition("=") for value in values)}


@click.command("dev")
@click.argument("topology", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--send",
    "sends",
    multiple=True,
    metavar="MESSAGE=FILE",
    callback=_sends,
    help="Send the message with this payload; may be repeated.",
)
@click.option("--from", "producer", help="Send as this producer; otherwise as the first that publishes the message.")
@click.option(
    "--for",
    "seconds",
    metavar="DURATION",
    default="30s",
    show_default=True,
    callback=_duration,
    help="How long to follow them.",
)
@click.option(
    "--visibility",
    metavar="DURATION",
    default="5s",
    show_default=True,
    callback=_duration,
    help="Lower visibility timeouts to this, so that retries come soon; 0s keeps the declared ones.",
)
@click.option(
    "--param",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_pairs,
    help="A parameter's value; may be repeated.",
)
@environment_option
def command(  # noqa: PLR0913, PLR0917 - one for each option
    topology: Path,
    sends: list[tuple[str, Path]],
    producer: str | None,
    seconds: int,
    visibility: int,
    parameters: dict[str, str],
    environment: str | None,
) -> None:
    """Run TOPOLOGY on embedded AWS and follow messages through it.

    Compiles, starts an AWS emulator on the loopback interface, deploys the compiled template through its CloudFormation, sends the
    messages, and shows where each of them ended. Without --send it stays up until Ctrl-C. Nothing is left running.

    The topologies that it imports from are deployed before it.
    """
    path, built, compiled = compiled_or_exit(topology, environment, whole=True)  # the emulator has no nested stacks
    others = [compiled_or_exit(*one, whole=True)[1:] for one in owners(path, environment)]
    if built.stacks:
        click.echo("note: deployed as one stack, because the embedded AWS has no nested ones", err=True)
    gc.enable()  # unlike the other commands this one runs for long
    from penstock.dev.build import build

    try:
        _complete(built, parameters)
        messages = [_message(built, name, file, producer) for name, file in sends]
        with _terminating(), tempfile.TemporaryDirectory(prefix="penstock-dev-") as scratch:
            for each, result in [*others, (built, compiled)]:
                write(Path(scratch) / each.name, result.files)
                build(Path(scratch) / each.name)
            stacks = [*(each for each, _ in others), built]
            _run(stacks, Path(scratch), messages, seconds, visibility or None, parameters)
    except DevError as error:
        click.echo(f"penstock: {error}", err=True)
        sys.exit(FINDINGS)
    except KeyboardInterrupt:
        click.echo("stopped; nothing is left running", err=True)
        sys.exit(CLEAN if not sends else _INTERRUPTED)
    sys.exit(CLEAN)


@contextmanager
def _terminating() -> Iterator[None]:
    """A polite kill ends the run as Ctrl-C does. Nothing is heard after that: it would cut the cleaning up short."""
    numbers = (signal.SIGINT, signal.SIGTERM)

    def interrupt(number: int, frame: object) -> None:
        del number, frame
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is interrupt:
            for number, handler in before.items():
                signal.signal(number, handler)


def _message(topology: "Topology", name: str, file: Path, producer: str | None) -> "Message":
    from penstock.dev.places import Message
    from penstock.dev.topology_places import contract, entry

    try:
        payload = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DevError(f"{file} cannot be sent: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from error
    return Message(f"{name} {file.stem}", contract(name, topology), entry(name, topology, producer), payload)


def _complete(topology: "Topology", given: dict[str, str]) -> None:
    """Whether every parameter that needs a value has one, and every value a parameter."""
    for name, parameter in topology.parameters.items():
        if parameter.default is None and name not in given:
            raise DevError(f"parameter {name!r} has no default: give it a value with --param {name}=...")
    for name in given.keys() - topology.parameters.keys():
        raise DevError(f"the topology has no parameter {name!r}")


def _run(  # noqa: PLR0913, PLR0917 - one run's parts
    topologies: list["Topology"],
    folder: Path,
    messages: list["Message"],
    seconds: int,
    visibility: int | None,
    parameters: dict[str, str],
) -> None:
    from penstock.dev.deploy import deploy
    from penstock.dev.embedded import EmbeddedAws
    from penstock.dev.report import render_changes

    *others, topology = topologies
    width = shutil.get_terminal_size((100, 24)).columns
    with EmbeddedAws() as aws:
        for other in others:
            stack = deploy(folder / other.name / "template.yaml", other.name, aws, visibility=visibility)
            click.echo(f"deployed {len(stack.resources)} resources of {other.name!r}, which is imported from")
        template = folder / topology.name / "template.yaml"
        stack = deploy(template, topology.name, aws, parameters=_used(topology, parameters), visibility=visibility)
        click.echo(
            f"deployed {len(stack.resources)} resources of {topology.name!r} to the embedded AWS at {aws.endpoint}"
        )
        click.echo(render_changes(stack.changes, width))
        if messages:
            _follow(topology, stack, aws, messages, seconds, width)
        else:
            _wait(stack)


def _used(topology: "Topology", given: dict[str, str]) -> dict[str, str]:
    """The values of the parameters that got into the template: CloudFormation refuses any other."""
    from penstock.hops.lowering import lower

    return {name: value for name, value in given.items() if name in lower(topology).parameters} if given else {}


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
