"""The phases in order: the public Python API."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from penstock.diagnostics import Diagnostic, Severity, ordered
from penstock.records import NamedTuple
from penstock.source.schema_file import SchemaFiles
from penstock.source.text import Fault
from penstock.source.workspace import around, find, home, is_schema, is_template, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from penstock.emit.python_types import SchemaNote
    from penstock.importing.topology_file import Imported
    from penstock.kinds.importer import Deployed
    from penstock.lint.settings import Settings
    from penstock.model.topology import Topology
    from penstock.source.configuration import Configuration
    from penstock.source.document import Document
    from penstock.template.stacks import Template

__all__ = [
    "Checked",
    "Compiled",
    "check",
    "check_every",
    "check_one",
    "check_templates",
    "compile_topology",
    "draft",
    "find",
    "home",
    "is_schema",
    "is_template",
    "load",
    "settings_of",
    "users",
]


class Checked(NamedTuple):
    """What is known of one topology file or template.

    ``topology`` is ``None`` where the file is unusable; the diagnostics, in file order, then say why. Otherwise they are the findings
    of the rules.
    """

    path: Path
    topology: "Topology | None"
    diagnostics: list[Diagnostic]
    template: bool = False

    @property
    def failed(self) -> bool:
        """Whether there is anything that a team must look at."""
        return any(diagnostic.severity is not Severity.INFO for diagnostic in self.diagnostics)

    @property
    def broken(self) -> bool:
        """Whether there is an error, which keeps the topology from being compiled."""
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)


def check(path: Path, environment: str | None = None, settings: "Settings | None" = None) -> Checked:
    """Read a topology as it is in one environment, or in none, and run every rule over it. Faults of the input are values.

    Without ``settings`` those of its repository hold.
    """
    return check_templates([path], settings)[0] if is_template(path) else check_one(path, environment, settings)


def check_one(path: Path, environment: str | None, settings: "Settings | None" = None) -> Checked:
    """The same for a path of which it is known that it is no template's."""
    written = read(path)
    if written.document is None:
        return _unusable(path, written.faults)
    return _checked(path, written.document, [_read(written.document, SchemaFiles(written.home), environment)], settings)


def load(path: Path, environment: str | None = None) -> Checked:
    """Read a topology as ``check`` does, and run no rule: the diagnostics say why it is unusable."""
    written = read(path)
    if written.document is None:
        return _unusable(path, written.faults)
    reading = _read(written.document, SchemaFiles(written.home), environment)
    return Checked(path, reading.topology, ordered(reading.faults))


def owners(path: Path, environment: str | None = None) -> "list[Deployed]":
    """The topologies whose stacks must be deployed before that of a topology that can be used, the first of them first."""
    written = read(path)
    if written.document is None or "imports" not in written.document.data:
        return []
    from penstock.kinds.importer import Importer

    return Importer(written.document, path.parent, environment).owners(path.name)


def check_every(path: Path, settings: "Settings | None" = None) -> Checked:
    """The same for all environments of a topology, and for none: each finding once, with the environments that alone have it."""
    written = read(path)
    if written.document is None:
        return _unusable(path, written.faults)
    schemas = SchemaFiles(written.home)
    readings = [_read(written.document, schemas, one) for one in _environments(written.document)]
    return _checked(path, written.document, readings, settings)


def check_templates(paths: "Sequence[Path]", settings: "Settings | None" = None) -> list[Checked]:
    """Read CloudFormation and SAM templates, and run the rules over each group of them that hangs together; in the order of the paths."""
    from penstock.template.stacks import read_template, together

    templates = []
    checked: dict[Path, Checked] = {}
    for path in paths:
        template, faults = read_template(path)
        if template is None:
            checked[path] = _unusable(path, faults)
        else:
            templates.append(template)
    for group in together(templates) if templates else ():
        checked |= {one.path: one for one in _checked_templates(group, settings)}
    for path in paths:  # one that is nested in another has no findings of its own
        checked.setdefault(path, Checked(path, next(iter(checked.values())).topology, []))
    return [checked[path]._replace(template=True) for path in paths]


def _checked_templates(group: "list[Template]", settings: "Settings | None") -> list[Checked]:
    """The findings by template; what is found in a template that is nested in one of them is told with the first."""
    from penstock.lint.settings import choose, codes_of
    from penstock.lint.suppress import suppress, unreasoned
    from penstock.lint.templates import find as find_faults

    first = group[0]
    if settings is None:
        settings, configured = settings_of(first.path)
        if configured.faults:
            return [_unusable(template.path, configured.faults) for template in group]
    suppressions = [one for template in group for one in template.document.suppressions()]
    topology, findings = find_faults(group, codes_of(suppressions, settings))
    if topology is None:
        return [_unusable(template.path, template.too_much) for template in group]
    kept = suppress(findings, suppressions, _codes)
    if settings.strict:
        kept += unreasoned(suppressions)
    chosen = ordered(choose(kept, settings))
    named = [template.document.source.path for template in group]
    return [
        Checked(
            template.path,
            topology,
            [
                one
                for one in chosen
                if one.span.source.path == name or (not number and one.span.source.path not in named)
            ],
        )
        for number, (template, name) in enumerate(zip(group, named, strict=True))
    ]


def _environments(document: "Document") -> list[str | None]:
    """None, and each environment that a topology has."""
    if not _varies(document):
        return [None]
    from penstock.model.variant import names

    return [None, *names(document)]


def users(schema: Path) -> list[Path]:
    """The topologies that a schema file is a part of, by a message or by a reference from another schema; the nearest of them."""
    for topologies in around(schema):
        if using := [path for path in topologies if _uses(path, schema)]:
            return using
    return []


def _uses(path: Path, schema: Path) -> bool:
    written = read(path)
    if written.document is None:
        return False
    schemas = SchemaFiles(written.home)
    for environment in _environments(written.document):
        _read(written.document, schemas, environment)
    return os.path.realpath(schema) in map(os.path.realpath, schemas.paths())


class _Reading(NamedTuple):
    """A topology in one environment, unless faults keep it from being one, and the variables that its texts have."""

    environment: str | None
    topology: "Topology | None"
    faults: list[Diagnostic]
    variables: frozenset[str] = frozenset()


def _varies(document: "Document") -> bool:
    """Whether a topology has environments, parameters or variables; without them nothing of these is loaded."""
    data = document.data
    found = isinstance(data, dict) and ("environments" in data or "parameters" in data)
    return found or document.mentions("${") or document.mentions("only_in")


def _read(document: "Document", schemas: SchemaFiles, environment: str | None) -> _Reading:
    """From a document to a topology, stopping at the first phase that finds faults."""
    from penstock.kinds.build import build
    from penstock.schema import check as check_schema

    variables: frozenset[str] = frozenset()
    if isinstance(document.data, dict) and (environment is not None or _varies(document)):
        from penstock.model.variant import vary

        variant = vary(document, environment)
        if variant.document is None:
            return _Reading(environment, None, variant.diagnostics, variant.variables)
        document, variables = variant.document, variant.variables
    else:
        violations = check_schema(document)
        if violations:
            return _Reading(environment, None, violations)
    read_import = None
    if isinstance(document.data, dict) and "imports" in document.data:
        from penstock.kinds.importer import Importer  # few topologies have parts of others

        read_import = Importer(document, schemas.home, environment)
    built = build(document, schemas, read_import)
    return _Reading(environment, built.topology, built.faults, variables)


def settings_of(path: Path) -> tuple["Settings", "Configuration"]:
    """The linter's settings for a topology, and the file that they come from; its faults are values."""
    from penstock.lint.settings import PROFILES, Settings
    from penstock.source.configuration import configuration

    found = configuration(home(path), PROFILES)
    stated = {} if found.faults else {key: value for key, value in found.values.items() if key != "baseline"}
    lists = {key: tuple(value) for key, value in stated.items() if isinstance(value, list)}
    return Settings(**(stated | lists)), found


def _codes() -> list[str]:
    """All codes that a comment may name."""
    from penstock.lint.rules import RULES
    from penstock.lint.settings import UNREASONED
    from penstock.lint.suppress import UNUSED

    return [*(rule.code for rule in RULES), UNUSED, UNREASONED]


def _checked(path: Path, document: "Document", readings: list[_Reading], settings: "Settings | None" = None) -> Checked:
    from penstock.lint.engine import run
    from penstock.lint.rules import rules_for
    from penstock.lint.settings import choose, codes_of
    from penstock.lint.suppress import UNUSED, suppress

    if settings is None:
        settings, configured = settings_of(path)
        if configured.faults:
            return _unusable(path, configured.faults)
    chosen = readings
    if len(readings) > 1:
        from penstock.model.variant import needs_environment

        chosen = [one for one in readings if one.environment or not needs_environment(one.faults)]
    suppressions = document.suppressions()
    asked = codes_of(suppressions, settings)
    found = [
        (
            one.environment,
            run(one.topology, rules_for(one.topology, asked, document.mentions)) if one.topology else one.faults,
        )
        for one in chosen
    ]
    findings = found[0][1]
    if len(found) > 1:
        from penstock.lint.variants import told_once

        findings = told_once(found)
    faults = [finding for finding in findings if finding.rule is None]
    accepted = [finding for finding in findings if finding.rule is not None]
    kept = suppress(accepted, suppressions, _codes)
    whole = True
    if _varies(document):
        from penstock.model.variant import names, unused

        whole = len(readings) > 1 or not names(document)
        if whole and not faults:
            kept += unused(document, frozenset().union(*(one.variables for one in readings)))
    if settings.strict:
        from penstock.lint.suppress import unreasoned

        kept += unreasoned(suppressions)
    if faults or not whole:  # what a comment accepts may be in an environment that nobody looked at
        kept = [finding for finding in kept if finding.code != UNUSED]
    return Checked(path, None if faults else chosen[0].topology, ordered(choose([*faults, *kept], settings)))


def _unusable(path: Path, faults: list[Fault]) -> Checked:
    return Checked(path, None, ordered(map(Diagnostic.of_fault, faults)))


def draft(paths: "Sequence[Path]", folder: Path, name: str | None = None) -> "tuple[Imported | None, list[Diagnostic]]":
    """A first topology out of templates, as it will stand in ``folder``; or what keeps these from being read together."""
    from penstock.importing.topology_file import clashes, import_templates
    from penstock.template.stacks import TooMuchError, read_template, together

    templates, faults = [], []
    for path in {os.path.realpath(path): path for path in reversed(paths)}.values():
        template, wrong = read_template(path)
        faults += [_of_template(one) for one in wrong]
        templates += [template] if template else []
    if not faults:
        try:
            templates = [one for group in together(templates[::-1]) for one in group]
            faults = list(clashes(templates))
            if not faults:
                return import_templates(templates, folder, name), []
        except TooMuchError:
            faults = templates[0].too_much
    return None, ordered(map(Diagnostic.of_fault, faults))


def _of_template(fault: Fault) -> Fault:
    """What is wrong with a file where a template was wanted, and no topology."""
    if fault.code != "SRC005":
        return fault
    return fault._replace(message=f"template {fault.span.source.path!r} is empty", help="name a file with `Resources`")


class Compiled(NamedTuple):
    """What a topology becomes.

    ``files`` belong into the output folder, by their relative path. ``created_once`` belong beside the topology and are the team's:
    they are written only where nothing stands yet. ``notes`` say what of a contract the generated code does not check, and where the
    team's own files no longer fit it. Where ``diagnostics`` say what is wrong with the team's own code, there is nothing else.
    """

    files: dict[str, str]
    created_once: dict[str, str]
    notes: list[str]
    diagnostics: list[Diagnostic]


def compile_topology(path: Path, topology: "Topology", *, whole: bool = False, output: Path | None = None) -> Compiled:
    """Compile a topology that has no errors; ``path`` is its file, beside which the team's code lies.

    ``whole`` makes one template of it, whatever it says of `stacks` and however large that is. In the folder ``output`` the template
    will stand, and names from there the code that the team built; without it, by its whole path.
    """
    from penstock.emit.code import code_of
    from penstock.emit.own_code import unfit_code
    from penstock.emit.packages import hidden_modules, packages
    from penstock.emit.signatures import changed_signatures
    from penstock.emit.team_tests import sample_files, test_copies, test_files
    from penstock.emit.templates import templates
    from penstock.hops.lowering import lower
    from penstock.source.team_code import missing, seen_from_tests, team_files

    team, faults = team_files(home(path))
    functions, shared = code_of(topology)
    diagnostics = [
        *map(Diagnostic.of_fault, faults),
        *hidden_modules(functions, team),
        *unfit_code(topology, home(path)),
    ]
    if diagnostics:
        return Compiled({}, {}, [], ordered(diagnostics))
    plan = lower(topology, _seen_from(output, home(path)))
    if topology.parameters:
        from penstock.plan.deployed import clashes

        diagnostics = list(clashes(plan, topology))
        if diagnostics:
            return Compiled({}, {}, [], ordered(diagnostics))
    files, created_once = packages(functions, team)
    made = templates(plan, topology, whole=whole)
    if made.faults:
        return Compiled({}, {}, [], ordered(made.faults))
    files |= shared | made.files | sample_files(topology, plan)
    build = seen_from_tests(output, home(path))
    created_once |= missing(home(path), test_files(topology, created_once, build))
    files |= test_copies(topology, files, team, created_once, build)
    notes = [_note(note) for function in functions for note in function.notes]
    return Compiled(files, created_once, [*notes, *changed_signatures(functions, team), *plan.notes], [])


def _seen_from(output: Path | None, folder: Path) -> str:
    """A folder as it is named in another."""
    there = os.path.realpath(folder)
    return Path(there if output is None else os.path.relpath(there, os.path.realpath(output))).as_posix()


def _note(note: "SchemaNote") -> str:
    return f"message {note.message!r} at {note.pointer or '/'}: {note.reason}"
