"""Looking again whenever a file changes."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import click

_PAUSE = 0.3
_ENDINGS = (".yaml", ".yml", ".json", ".toml")
_NEVER = frozenset({"node_modules", "__pycache__", "build", "dist", "venv"})


def watch(look: Callable[[], int], paths: Sequence[Path]) -> NoReturn:
    """Look once, and again after every change of a topology, a schema or the settings; only Ctrl-C ends it."""
    while True:
        before = _state(paths)
        look()
        click.echo("watching for changes; Ctrl-C ends it", err=True)
        while _state(paths) == before:
            time.sleep(_PAUSE)
        click.clear()


def _state(paths: Sequence[Path]) -> dict[str, tuple[int, int]]:
    """Time and size of every file that may have a say."""
    found = {}
    for path in paths:
        for entry in _files(path if path.is_dir() else path.parent):
            try:
                status = os.stat(entry)  # noqa: PTH116 - the path is a text already
            except OSError:
                continue
            found[entry] = status.st_mtime_ns, status.st_size
    return found


def _files(folder: Path) -> Iterator[str]:
    for above, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name[0] != "." and name not in _NEVER]
        yield from (os.path.join(above, name) for name in files if name.endswith(_ENDINGS))  # noqa: PTH118 - many of them
