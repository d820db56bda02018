"""``penstock lint``."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from penstock.cli.exits import CLEAN, UNUSABLE
from penstock.cli.linting import Choice, Run, settings_for
from penstock.cli.report import exit_code, fail, on_terminal, show, summary
from penstock.pipeline import check_every, check_one, check_templates, find, is_schema, is_template, users

FORMATS = ("text", "json", "sarif", "github", "junit", "gitlab")
_Options = Callable[[Callable[..., None]], Callable[..., None]]
_LAST: list[Run] = []
"""What was looked at last. It is kept until the process ends at once, for to take it apart first takes time and helps nobody."""


def _choosing(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which findings are told; what they leave open the repository's settings say."""
    options: list[_Options] = [
        click.option(
            "--profile", type=click.Choice(["recommended", "strict"]), help="Which rules; strict has them all."
        ),
        click.option(
            "--select",
            multiple=True,
            metavar="CODES",
            help="Tell only these: DLQ001, or DLQ for a family; several with commas.",
        ),
        click.option("--ignore", multiple=True, metavar="CODES", help="Do not tell these."),
        click.option("--severity", multiple=True, metavar="CODE=LEVEL", help="Rate anew: error, warning, info or off."),
        click.option("--baseline", type=click.Path(path_type=Path), help="Do not tell what this file has."),
        click.option(
            "--write-baseline",
            type=click.Path(path_type=Path),
            help="Write what is found now to this file, and end well.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command("lint")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, readable=False))
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How findings are written.",
)
@click.option("--env", "environment", metavar="NAME", help="Look at this environment alone, not at each and at none.")
@click.option("--importers", is_flag=True, help="Look at those in the repository too that import what is looked at.")
@_choosing
@click.option("--fix", is_flag=True, help="Make the fixes that are safe, and tell what is left.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: make the proposals too.")
@click.option("--diff", is_flag=True, help="Write nothing; print what --fix would change.")
@click.option("--statistics", is_flag=True, help="Print how often each rule speaks, instead of the findings.")
@click.option("--watch", is_flag=True, help="Look again whenever a file changes, until Ctrl-C.")
@click.option("--exit-zero", is_flag=True, help="End with 0 whatever is found.")
def command(paths: tuple[Path, ...], format_: str, environment: str | None, **options: object) -> None:
    """Find what would lose, duplicate, reorder or endlessly retry messages.

    PATHS are topology files, folders that hold them, CloudFormation and SAM templates, or JSON Schema files of messages, which mean the
    topologies that use them; without any, the topology of the current folder, or those below it.
    """
    choice = Choice.of(options)
    if choice.watch:
        from penstock.cli.watching import watch

        watch(lambda: _once(paths, format_, environment, choice), paths or (Path(),))
    sys.exit(_once(paths, format_, environment, choice))


def _once(paths: tuple[Path, ...], format_: str, environment: str | None, choice: Choice) -> int:
    """One look at everything; the exit code."""
    files, templates, empty = _files(paths or (Path(),))
    if choice.importers:
        from penstock.cli.importers import with_importers

        files = with_importers(files)
    _LAST[:] = [run := _run(files, templates, environment, choice)]
    if choice.fix or choice.diff:
        from penstock.cli.repairs import print_diff, repair

        if choice.diff:
            return print_diff(run, unsafe=choice.unsafe_fixes)
        run = repair(run, lambda: _run(files, templates, environment, choice), unsafe=choice.unsafe_fixes)
    if choice.write_baseline:
        from penstock.cli.baselines import write_baseline

        return write_baseline(run, choice.write_baseline)
    if choice.statistics:
        from penstock.cli.statistics import statistics

        click.echo(statistics(run.diagnostics), nl=False)
    elif format_ == "text":
        show(run.diagnostics)
    else:
        from penstock.cli.formats import rendered

        click.echo(rendered(run, format_), nl=False)
    if run.checked and format_ == "text":
        blank = "\n" * (bool(run.diagnostics) and on_terminal())
        click.echo(blank + summary(run.checked) + run.baseline_note, err=True)
    for path in empty:
        where = "the current folder" if path == Path() else path
        click.echo(f"penstock: there is no topology.yaml in {where} or below it", err=True)
    code = UNUSABLE if empty else exit_code(run.checked)
    return CLEAN if choice.exit_zero and code != UNUSABLE else code


def _run(files: Sequence[Path], templates: Sequence[Path], environment: str | None, choice: Choice) -> Run:
    checked = []
    if templates:
        checked += check_templates(templates, settings_for(templates[0], choice))
    for file in files:
        settings = settings_for(file, choice)
        checked.append(check_one(file, environment, settings) if environment else check_every(file, settings))
    run = Run(checked)
    baseline = choice.baseline or (
        choice.configured_baseline([*files, *templates]) if not choice.write_baseline else None
    )
    if baseline is None or choice.write_baseline:
        return run
    from penstock.cli.baselines import without_known

    if choice.baseline and not choice.baseline.exists():
        fail(f"there is no baseline {choice.baseline}; --write-baseline {choice.baseline} makes one")
    return without_known(run, baseline)


def _files(paths: tuple[Path, ...]) -> tuple[list[Path], list[Path], list[Path]]:
    """The topologies and the templates that the paths mean, each once however it is spelt, and the paths that mean none."""
    files: dict[str, Path] = {}
    templates: dict[str, Path] = {}
    empty = []
    for path in paths:
        if is_template(path):
            templates.setdefault(os.path.realpath(path), path)
            continue
        found = users(path) if is_schema(path) else find([path])
        for file in found:
            kind = templates if file != path and is_template(file) else files
            kind.setdefault(os.path.realpath(file), file)
        if not found and is_schema(path):
            click.echo(f"penstock: no topology uses {path}", err=True)
        elif not found:
            empty.append(path)
    return list(files.values()), list(templates.values()), empty
