"""The command line: the only code that prints, colours, prompts or exits."""

import errno
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import ClassVar, NoReturn

import click

from penstock import __version__
from penstock.cli.exits import BUG, CLEAN, INTERRUPTED, READER_LEFT, UNUSABLE

_MODULES = {"import": "importing"}
"""Commands whose name cannot be a module's."""


class _Commands(click.Group):
    """Imports a command when it is asked for: linting must not pay for the compiler."""

    modules: ClassVar[dict[str, str]] = {
        "compile": "Compile a topology to a CloudFormation template and the code of its functions.",
        "dev": "Run a topology on embedded AWS and follow messages through it.",
        "explain": "Say what becomes of every message, hop by hop.",
        "import": "Make a first topology of CloudFormation and SAM templates.",
        "lint": "Find what would lose, duplicate, reorder or endlessly retry messages.",
        "rules": "List the rules, or print one rule's manual page.",
        "sample": "Print an event as a consumer gets it, made from the schema of its message.",
        "show": "Show a component as it is, and where each value comes from.",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, without importing anything."""
        del ctx
        return sorted(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        del ctx
        if cmd_name not in self.modules:
            return None
        command: click.Command = import_module(f"penstock.cli.{_MODULES.get(cmd_name, cmd_name)}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command where there is none of that name."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.modules, n=1)
            if not near:
                raise
            raise click.UsageError(f"No such command {args[0]!r}. Did you mean {near[0]!r}?", ctx) from error

    def invoke(self, ctx: click.Context) -> object:
        """End quietly when the reader of the output has left: click would end with the exit code of findings."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered has no reader
            sys.exit(READER_LEFT)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help's list of commands, without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(sorted(self.modules.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="penstock")
@click.option("--debug", is_flag=True, help="Show the traceback of a bug in penstock.")
def commands(*, debug: bool) -> None:
    """Check and compile messaging topologies for AWS.

    Exit codes: 0 clean, 1 findings, 2 unusable input or usage, 3 a bug in penstock.
    """
    del debug


def main() -> NoReturn:
    """Run the command line, and turn whatever stops it into a line that says so and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal's encoding lacks is no fault
    code = run(sys.argv[1:])
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):  # Python has None for one that was closed
            stream.flush()
    except BrokenPipeError:
        code = READER_LEFT
    except OSError as error:
        code = _stopped(error, sys.argv[1:])
    os._exit(code)  # to take apart what a run has made takes as long as to make it, and nobody needs it done


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    try:
        commands.main(list(arguments), prog_name="penstock", standalone_mode=False)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else CLEAN
    except click.ClickException as error:
        error.show()
        return UNUSABLE
    except (click.Abort, KeyboardInterrupt):
        click.echo("penstock: interrupted", err=True)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - whatever it is, it ends in one line
        return _stopped(error, arguments)
    return CLEAN


def _stopped(error: Exception, arguments: Sequence[str]) -> int:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        click.echo(f"penstock: {error.strerror}", err=True)
        return UNUSABLE
    if "--debug" in arguments:
        raise error
    from shlex import join

    what = " ".join(f"{type(error).__name__}: {error}".split())
    again = join(["penstock", "--debug", *arguments])
    click.echo(f"penstock: this is a bug in penstock ({what}); please report what `{again}` says", err=True)
    return BUG
