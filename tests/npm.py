"""Programs of npm's, installed once for all tests into the user's cache, outside of the tree."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "penstock-tests"
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-timeout=30000")
SECONDS = 300


def installed(name: str, files: Mapping[str, str]) -> Path:
    """The folder ``node_modules`` of a ``package.json`` and, where it has one, its ``package-lock.json``, given as texts.

    One process installs it where it is missing, while others wait. Without npm the test is skipped.
    """
    if shutil.which("npm") is None:
        pytest.skip("there is no npm to install with")
    version = hashlib.sha256("\0".join(f"{key}\0{files[key]}" for key in sorted(files)).encode()).hexdigest()[:16]
    folder = CACHE / f"{name}-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            for key, text in files.items():
                (folder / key).write_text(text, encoding="utf-8")
            how = ("ci",) if "package-lock.json" in files else ("install", "--no-package-lock")
            done = subprocess.run(
                ["npm", *how, *QUIET], cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
            )
            assert done.returncode == 0, done.stderr
            (folder / "installed").touch()
    return folder / "node_modules"
