"""cfn-lint, as the tests run it."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def cfn_lint(templates: Sequence[Path], cache: Path, *ignored: str) -> "subprocess.CompletedProcess[str]":
    """Run cfn-lint with the schemas that it brings along: a cache of the user's would come first."""
    options = ["--ignore-checks", *ignored] if ignored else []  # in the place of what a template says itself
    command = [str(Path(sys.executable).with_name("cfn-lint")), *options, "--", *map(str, templates)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
