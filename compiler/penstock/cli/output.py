"""The output folder: written whole or not at all, and nothing of the user's in it is lost."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path, PurePosixPath

MANIFEST = ".penstock.json"
"""Lists the files that penstock wrote into a folder; whatever else lies there is the user's."""
_SCRATCH = ".penstock-"


class NotOurs(Exception):  # noqa: N818 - no error of ours: the user is told
    """Something of the user's is where penstock would write; the text says what."""


def with_manifest(files: Mapping[str, str]) -> dict[str, str]:
    """The files with the manifest that lists them."""
    return {**files, MANIFEST: json.dumps({"files": sorted(files)}, indent=2) + "\n"}


def differences(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    """What on disk is not as it would be written, a line each."""
    for name, text in sorted(files.items()):
        path = folder / name
        if not path.is_file():
            yield f"missing: {path}"
        elif path.read_bytes() != text.encode():
            yield f"differs: {path}"
    for name in sorted(_written(folder) - files.keys()):
        if (folder / name).exists():
            yield f"left over: {folder / name}"


def claim(folder: Path, files: Mapping[str, str]) -> None:
    """Raise NotOurs if the files cannot be written without touching what is the user's.

    That is so in a folder with files but without our manifest (hidden files, such as ``.gitignore``, do not count), and where a
    file of the user's has the name of one that would be written.
    """
    if not folder.is_dir():
        return
    if not (folder / MANIFEST).is_file() and any(path.name[0] != "." for path in folder.iterdir()):
        raise NotOurs(f"{folder} holds files that penstock did not write; name a new or an empty folder")
    ours = _written(folder)
    for name, text in sorted(files.items()):
        if name not in ours and (folder / name).exists() and not _holds(folder / name, text):
            raise NotOurs(f"{folder / name} is not a file that penstock wrote; move it out of the way")


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Make the folder hold the files, and of those that penstock wrote before no others.

    New content is first written to a temporary folder inside and then renamed into its place; when anything goes wrong, the old
    files are put back. So a folder that is a link, a mount point or somebody's current folder stays what it is, and files that
    have not changed are not touched. Raises NotOurs as ``claim`` does, OSError where the disk refuses.
    """
    claim(folder, files)
    fresh = {name: text for name, text in files.items() if not _holds(folder / name, text)}
    gone = {name for name in _written(folder) - files.keys() if (folder / name).is_file()}
    if not fresh and not gone:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=folder) as scratch:
        for name, text in fresh.items():
            _make_parent(Path(scratch, "new", name)).write_bytes(text.encode())
        _exchange(folder, Path(scratch), [*sorted(gone), *sorted(fresh)])
    for name in gone:
        _remove_empty(folder, PurePosixPath(name).parent)


def create_once(folder: Path, files: Mapping[str, str]) -> list[Path]:
    """Create files that are not there yet; whatever stands is left alone. The paths that were created."""
    created = []
    for name, text in sorted(files.items()):
        path = _make_parent(folder / name)
        try:
            with path.open("x", encoding="utf-8", newline="") as file:
                file.write(text)
        except FileExistsError:
            continue
        created.append(path)
    return created


def refused(error: OSError, folder: Path) -> str:
    """What the disk refused, in words; of what lies in the temporary folder nobody has heard."""
    names = [name for name in (error.filename2, error.filename) if name and _SCRATCH not in str(name)]
    return f"{(names or [folder])[0]}: {error.strerror}"


def _exchange(folder: Path, scratch: Path, names: list[str]) -> None:
    """Move the old files out and the new ones in, or leave all as it was.

    The manifest comes first among the new ones, by its name: should the process be killed, what lies there is still known as ours.
    """
    with ExitStack() as undo:
        for name in names:
            path, new, old = folder / name, scratch / "new" / name, scratch / "old" / name
            if path.exists():
                path.rename(_make_parent(old))
                undo.callback(old.rename, path)
            if new.exists():
                new.rename(_make_parent(path))
                undo.callback(path.unlink)
        undo.pop_all()


def _remove_empty(folder: Path, name: PurePosixPath) -> None:
    """Remove folders that have become empty; what Python has cached does not count."""
    path = folder / name
    while path != folder and path.is_dir() and {child.name for child in path.iterdir()} <= {"__pycache__"}:
        shutil.rmtree(path)
        path = path.parent


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def _make_parent(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _written(folder: Path) -> set[str]:
    """The files that the manifest lists, and itself; names that lead out of the folder are none of ours."""
    try:
        names = list(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return {MANIFEST}
    return {name for name in names if isinstance(name, str) and _is_inside(name)} | {MANIFEST}


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts
