"""Builds what was compiled to TypeScript, as a team does before it deploys."""

import shutil
import subprocess
from pathlib import Path

from penstock.dev import DevError

BUILD_SECONDS = 300.0
STEPS = (("ci", "--ignore-scripts", "--no-audit", "--no-fund"), ("run", "build"))


def build(folder: Path) -> None:
    """Install and build with npm where a compiled folder has TypeScript; what npm says of a failure is a DevError."""
    if not (folder / "package.json").is_file():
        return
    npm = shutil.which("npm")
    if npm is None:
        raise DevError("functions in TypeScript are built with npm, which is not installed")
    for step in STEPS:
        try:
            done = subprocess.run(
                [npm, *step], cwd=folder, capture_output=True, text=True, check=False, timeout=BUILD_SECONDS
            )
        except subprocess.TimeoutExpired as fault:
            raise DevError(f"`npm {step[0]}` took longer than {BUILD_SECONDS:g} s") from fault
        if done.returncode:
            raise DevError(f"`npm {' '.join(step)}` failed:\n{done.stdout}{done.stderr}".rstrip())
