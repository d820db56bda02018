"""CPU and peak memory of commands that are run side by side."""

import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

Command = Sequence[str | Path]
CFN_LINT_CODES = frozenset({0, 2, 4, 6, 8, 10, 12, 14})
"""What cfn-lint ends with, whatever it finds."""


class Cost(NamedTuple):
    """CPU seconds, user and system together, and the peak of the memory in MiB."""

    cpu: float
    peak: float

    def __sub__(self, other: "Cost") -> "Cost":
        """What is left without the CPU of another command."""
        return Cost(max(self.cpu - other.cpu, 1e-4), self.peak)


class Bench:
    """Runs commands in an environment of its own: compiled Python is kept there, and no cache of the user's is read."""

    def __init__(self, scratch: Path) -> None:
        unwanted = {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONUNBUFFERED"}
        self._environment = {name: value for name, value in os.environ.items() if name not in unwanted}
        self._environment |= {
            "PYTHONPYCACHEPREFIX": str(scratch / "bytecode"),
            "XDG_CACHE_HOME": str(scratch / "cache"),
        }

    def measure(self, commands: Mapping[str, Command], runs: int) -> dict[str, Cost]:
        """The medians of several rounds. Each round runs every command once, so a busy machine slows them all."""
        for command in commands.values():
            self.run(command)  # whatever is compiled or read for the first time is not measured
        rounds = [{name: self.run(command) for name, command in commands.items()} for _ in range(runs)]
        return {
            name: Cost(
                statistics.median(one[name].cpu for one in rounds),
                statistics.median(one[name].peak for one in rounds),
            )
            for name in commands
        }

    def run(self, command: Command) -> Cost:
        """Run one command, which must not fail."""
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self._environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        allowed = CFN_LINT_CODES if Path(command[0]).name == "cfn-lint" else {0}
        if process.returncode not in allowed:
            sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}")
        return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
