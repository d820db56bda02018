"""Where topologies lie: the files that a command means by the paths it was given, and what each topology is made of.

A topology is one file, `topology.yaml`, or a folder `topology/` all of whose YAML files are one. The folder itself is then the
topology's path. Beside the file, or beside the folder, lie the team's code and the schemas that messages name.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from penstock.records import NamedTuple
from penstock.source.text import Fault, read_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from penstock.source.document import Document

FOLDER = "topology"
NAMES = ("topology.yaml", "topology.yml")
_ENDINGS = (".yaml", ".yml")
_SCHEMA_ENDINGS = (".json", ".schema.yaml", ".schema.yml")
_TEMPLATE_ENDINGS = (".yaml", ".yml", ".json", ".template")
_OF_TEMPLATES = re.compile(r"^(Resources|AWSTemplateFormatVersion|Transform)[ \t]*:", re.MULTILINE)
_IN_JSON = re.compile(r'"Resources"[ \t]*:')
_OF_TOPOLOGIES = re.compile(r"^penstock[ \t]*:", re.MULTILINE)
_NEVER = frozenset({"node_modules", "__pycache__", "build", "dist", "venv"})


class Workspace(NamedTuple):
    """One topology as it was read: its document, unless faults keep it from having one, and the folder that it lies in."""

    document: Document | None
    faults: list[Fault]
    home: Path


def read(path: Path) -> Workspace:
    """Read the file, or all files of the folder, that a topology is made of; nothing is raised for what they hold."""
    if _is_folder_of_one(path):
        from penstock.source.folder import read_folder  # few topologies have several files

        document, faults = read_folder(parts(path))
        return Workspace(document, faults, Path(os.path.normpath(path / "..")))
    from penstock.source.yaml import parse  # a command that reads no topology needs no parser

    source, faults = read_source(path)
    if source is None:
        return Workspace(None, faults, path.parent)
    found, faults = parse(source)
    return Workspace(None if faults else found, faults, path.parent)


def home(path: Path) -> Path:
    """The folder that a topology lies in, be it a file or a folder."""
    return Path(os.path.normpath(path / "..")) if _is_folder_of_one(path) else path.parent


def find(paths: Iterable[Path]) -> list[Path]:
    """The topologies that ``paths`` mean, each once.

    A file means itself, also one that does not exist, and a file of a folder ``topology/`` that folder. Any other folder means the
    topology in it or, where it has none, those of the folders below it. Hidden folders and those of build tools are passed over.
    """
    found: dict[Path, None] = {}
    for path in paths:
        found |= dict.fromkeys(_below(path) if os.path.isdir(path) else [_whole(path)])  # noqa: PTH112 - never raises
    return list(found)


def is_template(path: Path) -> bool:
    """Whether a file is a CloudFormation or SAM template, by the keys that stand in it."""
    if not path.name.endswith(_TEMPLATE_ENDINGS) or not os.path.isfile(path):  # noqa: PTH113 - never raises
        return False
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return bool(_IN_JSON.search(text)) and '"AWS::' in text
    return not _OF_TOPOLOGIES.search(text) and bool(_OF_TEMPLATES.search(text))  # a topology says so at its start


def is_schema(path: Path) -> bool:
    """Whether a file is by its name the schema of messages, not a topology."""
    return path.name.endswith(_SCHEMA_ENDINGS) and path.stem != FOLDER and os.path.isfile(path)  # noqa: PTH113 - never raises


def around(path: Path) -> Iterator[list[Path]]:
    """The topologies that may use a file: those in the folders above it, the nearest first; then all of the repository.

    Without a repository these are all below the current folder.
    """
    folders = [path.parent, *path.parent.parents] if path.is_absolute() else _above(path)
    top = Path()
    for folder in folders:
        yield _in(folder)
        if os.path.exists(folder / ".git"):  # noqa: PTH110 - never raises
            top = folder
            break
    yield find([top])


def _above(path: Path) -> Iterator[Path]:
    """The folders above a file, in the words that it was named by, then by their whole paths."""
    yield path.parent
    yield from path.parent.parents
    yield from Path(os.path.abspath(os.curdir)).parents  # noqa: PTH100 - as everywhere here


def parts(folder: Path) -> list[Path]:
    """The files of a folder that are one topology, in the order of their names."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if _is_part(entry.name) and entry.is_file()]
    except OSError:
        return []
    return [folder / name for name in sorted(names)]


def _is_part(name: str) -> bool:
    return name.endswith(_ENDINGS) and name[0] != "."


def _whole(path: Path) -> Path:
    """The folder of which a file is a part; any other file is a topology by itself."""
    folder = path.parent
    return folder if _is_part(path.name) and os.path.isfile(path) and _is_named(folder) else path  # noqa: PTH113 - never raises


def _is_folder_of_one(path: Path) -> bool:
    return path.suffix not in _ENDINGS and _is_named(path) and bool(parts(path))


def _is_named(folder: Path) -> bool:
    return (folder.name or os.path.basename(os.path.abspath(folder))) == FOLDER  # noqa: PTH100, PTH119 - '.' has no name


def _below(folder: Path) -> Iterator[Path]:
    if _is_named(folder) and parts(folder):
        yield folder
        return
    if here := _in(folder):
        yield from here
        return
    for child in sorted(_folders(folder)):
        yield from _below(child)


def _in(folder: Path) -> list[Path]:
    """The topologies that stand in a folder itself."""
    here = [folder / name for name in NAMES if os.path.isfile(folder / name)][:1]  # noqa: PTH113 - never raises
    return [*here, folder / FOLDER] if parts(folder / FOLDER) else here


def _folders(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False) and entry.name[0] != "." and entry.name not in _NEVER:
                    yield folder / entry.name
    except PermissionError:
        return
