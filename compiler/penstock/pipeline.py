"""The phases in order: the public Python API."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from penstock.diagnostics import Diagnostic, Severity, ordered
from penstock.source.schema_file import SchemaFile, read_schema_file
from penstock.source.text import Fault
from penstock.source.workspace import find, home, read

if TYPE_CHECKING:
    from penstock.emit.python_types import SchemaNote
    from penstock.model.topology import Topology
    from penstock.source.comments import Suppression

__all__ = ["Checked", "Compiled", "check", "compile_topology", "find", "home"]


class Checked(NamedTuple):
    """What is known of one topology file.

    ``topology`` is ``None`` where the file is unusable; the diagnostics, in file order, then say why. Otherwise they are the findings
    of the rules.
    """

    path: Path
    topology: "Topology | None"
    diagnostics: list[Diagnostic]

    @property
    def failed(self) -> bool:
        """Whether there is anything that a team must look at."""
        return any(diagnostic.severity is not Severity.INFO for diagnostic in self.diagnostics)

    @property
    def broken(self) -> bool:
        """Whether there is an error, which keeps the topology from being compiled."""
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)


def check(path: Path) -> Checked:
    """Read a topology and run every rule over it. Faults of the input are values; nothing is raised for them."""
    from penstock.lint.engine import run
    from penstock.lint.rules import RULES
    from penstock.lint.suppress import UNUSED, suppress

    topology, faults, suppressions = _read(path)
    if topology is None:
        return Checked(path, None, ordered(faults))
    findings = suppress(run(topology, RULES), suppressions, (*(rule.code for rule in RULES), UNUSED))
    return Checked(path, topology, ordered(findings))


class _Reading(NamedTuple):
    topology: "Topology | None"
    faults: list[Diagnostic]
    suppressions: "list[Suppression]"


def _read(path: Path) -> _Reading:
    """From a file to a topology, stopping at the first phase that finds faults."""
    from penstock.kinds.build import build
    from penstock.schema import check as check_schema

    document, faults, folder = read(path)
    if document is None:
        return _unusable(faults)
    violations = check_schema(document)
    if violations:
        return _Reading(None, violations, [])

    def read_schema(name: str) -> SchemaFile:
        return read_schema_file(folder / name, name)

    built = build(document, read_schema)
    return _Reading(built.topology, built.faults, document.suppressions())


def _unusable(faults: list[Fault]) -> _Reading:
    return _Reading(None, [Diagnostic.of_fault(fault) for fault in faults], [])


class Compiled(NamedTuple):
    """What a topology becomes.

    ``files`` belong into the output folder, by their relative path. ``created_once`` belong beside the topology and are the team's:
    they are written only where nothing stands yet. ``notes`` say what of a contract the generated code does not check. Where
    ``diagnostics`` say what is wrong with the team's own code, there is nothing else.
    """

    files: dict[str, str]
    created_once: dict[str, str]
    notes: list[str]
    diagnostics: list[Diagnostic]


def compile_topology(path: Path, topology: "Topology") -> Compiled:
    """Compile a topology that has no errors; ``path`` is its file, beside which the team's code lies."""
    from penstock.emit.cloudformation import template
    from penstock.emit.packages import hidden_modules, packages
    from penstock.emit.python import emit_function
    from penstock.emit.stubs import function_stubs
    from penstock.hops.lowering import lower
    from penstock.source.team_code import team_files

    team, faults = team_files(home(path))
    functions = [emit_function(stub) for stub in function_stubs(topology)]
    diagnostics = [*map(Diagnostic.of_fault, faults), *hidden_modules(functions, team)]
    if diagnostics:
        return Compiled({}, {}, [], ordered(diagnostics))
    files, created_once = packages(functions, team)
    files["template.yaml"] = template(lower(topology))
    return Compiled(files, created_once, [_note(note) for function in functions for note in function.notes], [])


def _note(note: "SchemaNote") -> str:
    return f"message {note.message!r} at {note.pointer or '/'}: {note.reason}"
