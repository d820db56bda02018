"""The team's own code beside a topology: read for deployment packages, created once, never overwritten."""

import os
from pathlib import Path, PurePath

from penstock.source.text import Fault, Source, read_source

FOLDER = "src"
TESTS = "tests"
_NO_CODE = (".test.ts", ".spec.ts")
"""Ends of files that test code, with tools that the compiled folder does not have."""


def team_files(folder: Path) -> tuple[dict[str, Source], list[Fault]]:
    """The team's code by its path relative to the topology's folder, as ``src/money.py``; and what cannot be read.

    Among it are the tests that lie in ``tests`` and are in TypeScript.
    """
    sources: dict[str, Source] = {}
    faults: list[Fault] = []
    paths = [path for ending in ("py", "ts") for path in (folder / FOLDER).rglob(f"*.{ending}")]
    paths = [path for path in paths if _is_code(path.relative_to(folder))]
    for path in sorted([*paths, *(folder / TESTS).glob("*.test.ts")]):
        name = path.relative_to(folder)
        if path.is_file():
            source, found = read_source(path)
            faults += found
            if source is not None:
                sources[name.as_posix()] = source
    return sources, faults


def seen_from_tests(output: Path | None, folder: Path) -> str:
    """The output folder as the team's tests see it, which lie beside the topology."""
    return "../build" if output is None else f"../{Path(os.path.relpath(output, folder)).as_posix()}"


def missing(folder: Path, files: dict[str, str]) -> dict[str, str]:
    """The files of which there is none yet."""
    return {name: text for name, text in files.items() if not (folder / name).exists()}


def _is_code(name: PurePath) -> bool:
    """Whether this is neither a cache, a test or a dependency, nor in a hidden folder, such as a virtual environment."""
    if name.name.endswith(_NO_CODE):
        return False
    return not any(part in {"__pycache__", "node_modules"} or part.startswith(".") for part in name.parts)
