"""Where topologies lie: the files that a command means by the paths it was given."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

NAMES = ("topology.yaml", "topology.yml")
_NEVER = frozenset({"node_modules", "__pycache__", "build", "dist", "venv"})


def find(paths: Iterable[Path]) -> list[Path]:
    """The topology files that ``paths`` mean, each once.

    A file means itself, also one that does not exist; a folder means its own topology file or, where it has none, those of the folders
    below it. Hidden folders and those of build tools are passed over.
    """
    found: dict[Path, None] = {}
    for path in paths:
        found |= dict.fromkeys(_below(path) if os.path.isdir(path) else [path])  # noqa: PTH112 - never raises
    return list(found)


def _below(folder: Path) -> Iterator[Path]:
    here = [folder / name for name in NAMES if os.path.isfile(folder / name)]  # noqa: PTH113 - never raises
    if here:
        yield from here[:1]
        return
    for child in sorted(_folders(folder)):
        yield from _below(child)


def _folders(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False) and entry.name[0] != "." and entry.name not in _NEVER:
                    yield folder / entry.name
    except PermissionError:
        return
