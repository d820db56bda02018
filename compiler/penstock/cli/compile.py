"""``penstock compile``."""

import sys
from pathlib import Path

import click

from penstock.cli.environment import environment_option
from penstock.cli.exits import CLEAN, FINDINGS
from penstock.cli.output import NotOurs, claim, create_once, differences, refused, with_manifest, write
from penstock.cli.report import fail, show
from penstock.model.topology import Topology
from penstock.pipeline import Compiled, check, compile_topology, find, home, is_template
from penstock.source.team_code import FOLDER, TESTS

_LISTED = 5


@click.command("compile")
@click.argument("topology", type=click.Path(path_type=Path, readable=False))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder to write."
)
@click.option("--check", "only_check", is_flag=True, help="Write nothing; fail when what is on disk differs.")
@environment_option
def command(topology: Path, output: Path, environment: str | None, *, only_check: bool) -> None:
    """Compile TOPOLOGY to a CloudFormation template and the code of its functions.

    TOPOLOGY is a topology file or the folder that holds it. Errors that lint finds keep it from being compiled. The team's own code
    lies in src/ beside the topology: a file is created there for each function that has none, and never touched again.
    """
    source, _, compiled = compiled_or_exit(topology, environment, output=output)
    for own in (home(source) / FOLDER, home(source) / TESTS):
        if output.resolve().is_relative_to(own.resolve()):
            fail(f"{output} lies in {own}, where the team's own code is; name another folder")
    files = with_manifest(compiled.files)
    for note in compiled.notes:
        click.echo(f"note: {note}", err=True)
    try:
        if only_check:
            _compare(source, output, files, compiled, environment)
        _write(source, output, files, compiled)
    except NotOurs as error:
        fail(str(error))
    except BrokenPipeError:
        raise  # this is about what was printed
    except OSError as error:
        fail(refused(error, output))
    sys.exit(CLEAN)


def compiled_or_exit(
    path: Path, environment: str | None, *, whole: bool = False, output: Path | None = None
) -> tuple[Path, Topology, Compiled]:
    """The one topology that a path means, checked and compiled; whatever prevents that is shown, and the command ends.

    ``whole`` makes one template of it, ``output`` is the folder that it will stand in.
    """
    checked = check(only_one(path), environment)
    show(checked.diagnostics)
    if checked.topology is None:
        fail("not compiled: the topology cannot be used")
    if checked.broken:
        fail("not compiled: the errors above come first", FINDINGS)
    compiled = compile_topology(checked.path, checked.topology, whole=whole, output=output)
    show(compiled.diagnostics)
    if compiled.diagnostics:
        fail("not compiled: what is shown above cannot be used")
    return checked.path, checked.topology, compiled


def only_one(path: Path) -> Path:
    """The one topology that a path means; whatever else it means ends the command."""
    if is_template(path):
        fail(f"{path} is a CloudFormation template; `penstock import {path}` makes a topology of it")
    found = find([path])
    if not found:
        fail(f"there is no topology.yaml in {path} or below it")
    if len(found) > 1:
        more = ", ..." if len(found) > _LISTED else ""
        fail(f"{path} means {len(found)} topologies, name one of them: {', '.join(map(str, found[:_LISTED]))}{more}")
    return found[0]


def _write(source: Path, output: Path, files: dict[str, str], compiled: Compiled) -> None:
    claim(output, files)
    created = create_once(home(source), compiled.created_once)
    write(output, files)
    for path in created:
        what = "what the function does" if path.parent.name == FOLDER else "what more you expect of it"
        click.echo(f"created {path}: write there {what}", err=True)
    click.echo(f"wrote {len(files)} files to {output}", err=True)


def _compare(source: Path, output: Path, files: dict[str, str], compiled: Compiled, environment: str | None) -> None:
    lines = list(differences(output, files))
    lines += [f"missing: {home(source) / name}" for name in sorted(compiled.created_once)]
    for line in lines:
        click.echo(line)
    if lines:
        again = f"penstock compile {source} -o {output}" + (f" --env {environment}" if environment else "")
        fail(f"{output} is not what {source} compiles to; `{again}` writes it", FINDINGS)
    sys.exit(CLEAN)
