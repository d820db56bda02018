"""The team's own code beside a topology: read for deployment packages, created once, never overwritten."""

from pathlib import Path, PurePath

from penstock.source.text import Fault, Source, read_source

FOLDER = "src"
TESTS = "tests"


def team_files(folder: Path) -> tuple[dict[str, Source], list[Fault]]:
    """The Python files of the team by their path relative to the topology's folder, as ``src/money.py``; and what cannot be read."""
    sources: dict[str, Source] = {}
    faults: list[Fault] = []
    for path in sorted((folder / FOLDER).rglob("*.py")):
        name = path.relative_to(folder)
        if _is_code(name) and path.is_file():
            source, found = read_source(path)
            faults += found
            if source is not None:
                sources[name.as_posix()] = source
    return sources, faults


def _is_code(name: PurePath) -> bool:
    """Whether this is neither a cache nor in a hidden folder, such as a virtual environment."""
    return not any(part == "__pycache__" or part.startswith(".") for part in name.parts)
