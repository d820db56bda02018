"""The command line in this process: what it prints, and the code that it ends with."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from penstock.cli import run


class Ran(NamedTuple):
    code: int
    out: str
    err: str


Penstock = Callable[..., Ran]


@pytest.fixture
def penstock(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Penstock:
    """Run the command line in an empty folder, on something that is no terminal and has 100 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def penstock(*arguments: str | Path) -> Ran:
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Ran(code, captured.out, captured.err)

    return penstock
