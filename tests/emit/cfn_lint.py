"""cfn-lint, as the tests run it."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

WANTED = "W6001"
"""An output that another stack exports: a service reads from the outputs where its channels are, wherever they were made."""


def cfn_lint(templates: Sequence[Path], cache: Path) -> "subprocess.CompletedProcess[str]":
    """Run cfn-lint with the schemas that it brings along: a cache of the user's would come first."""
    command = [str(Path(sys.executable).with_name("cfn-lint")), "--ignore-checks", WANTED, "--", *map(str, templates)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
