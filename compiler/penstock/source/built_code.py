"""Code that a team builds by itself, as far as one sees from outside whether Lambda can run it."""

import zipfile
from collections.abc import Iterable
from pathlib import Path

_MODULES = (".py", ".pyc", ".so", ".js", ".mjs", ".cjs")


def problem(path: Path) -> str | None:
    """Why a path is no code to deploy, or ``None``."""
    if path.is_dir():
        return None
    if not path.exists():
        return "does not exist"
    return None if path.suffix == ".zip" and zipfile.is_zipfile(path) else "is neither a folder nor a .zip"


def has_module(path: Path, module: str) -> bool:
    """Whether there is a module, by its path without the ending: a file, an extension module or a package."""
    if path.is_dir():
        above, _, name = module.rpartition("/")
        return (path / module).is_dir() or _among((each.name for each in (path / above).glob(f"{name}.*")), name)
    with zipfile.ZipFile(path) as archive:
        return _among(archive.namelist(), module)


def _among(names: Iterable[str], module: str) -> bool:
    return any(
        name.startswith((f"{module}.", f"{module}/")) and ("/" in name[len(module) :] or name.endswith(_MODULES))
        for name in names
    )
