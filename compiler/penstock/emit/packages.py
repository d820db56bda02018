"""Deployment packages: each function's generated modules, and the team's own beside them.

A function's folder in Python is flat, so a generated module and one of the team's cannot have the same name in it. TypeScript is built
into one file for each function, so there the team's modules lie once, in a folder of their own.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from penstock.diagnostics import Diagnostic, Severity
from penstock.emit.python_types import PythonFunction
from penstock.records import NamedTuple
from penstock.source.team_code import FOLDER
from penstock.source.text import Source, Span

HIDDEN_MODULE = "GEN001"


class Packages(NamedTuple):
    """The files of all packages; and the team's files that are to be created, because the packages need them."""

    files: dict[str, str]
    created_once: dict[str, str]


def packages(functions: Sequence[PythonFunction], team: Mapping[str, Source]) -> Packages:
    """Every function's generated modules, its logic and whatever else the team wrote, which any of them may import."""
    files: dict[str, str] = {}
    created_once: dict[str, str] = {}
    logic = {origin for function in functions for origin in function.copies.values()}
    beside = {name: source.text for name, source in team.items() if name.startswith(f"{FOLDER}/") and name not in logic}
    others = {name.removeprefix(f"{FOLDER}/"): text for name, text in beside.items()}
    for function in functions:
        if function.creates:
            created_once |= {name: text for name, text in function.created_once.items() if name not in team}
        for target, origin in function.copies.items():
            files[target] = team[origin].text if origin in team else function.created_once[origin]
            folder, language = PurePosixPath(target).parent, PurePosixPath(target).suffix
            files |= {f"{folder}/{name}": text for name, text in others.items() if name.endswith(language)}
        files |= function.files
    return Packages(files, created_once)


def hidden_modules(functions: Sequence[PythonFunction], team: Mapping[str, Source]) -> Iterator[Diagnostic]:
    """The team's modules and packages that have the name of a generated module: one would hide the other."""
    generated: dict[str, str] = {}
    for function in functions:
        beside = any(
            target.endswith(".py") for target in function.copies
        )  # a relay has nothing of the team's beside it
        for name in sorted(function.files) if beside else ():
            generated.setdefault(PurePosixPath(name).stem, name)
    seen: set[str] = set()
    for name, source in team.items():
        if not name.endswith(".py"):
            continue
        module = PurePosixPath(name).parts[1].removesuffix(".py")
        if module in generated and module not in seen:
            seen.add(module)
            text = f"the team's module {module!r} has the name of the generated {generated[module]}"
            help_ = "give the team's module another name"
            yield Diagnostic(HIDDEN_MODULE, Severity.ERROR, text, Span(source, 0, 0), help_)
