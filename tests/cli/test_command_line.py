"""What holds for every command: help, exit codes, and what stops it."""

import errno
import gc
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

import penstock.pipeline
from penstock import __version__
from penstock.cli import main, run
from tests.cli.conftest import Penstock
from tests.cli.topology import CLEAN, ORDERS, WITHOUT_DLQ, save

PENSTOCK = [sys.executable, "-m", "penstock"]


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_lists_the_commands(penstock: Penstock, option: str) -> None:
    ran = penstock(option)
    assert (ran.code, ran.err) == (0, "")
    assert re.findall(r"^  (\w+)  ", ran.out.partition("Commands:")[2], re.MULTILINE) == [
        "compile",
        "dev",
        "explain",
        "import",
        "lint",
        "rules",
        "sample",
        "show",
    ]


@pytest.mark.parametrize("command", ["compile", "dev", "explain", "import", "lint", "rules", "sample", "show"])
def test_every_command_explains_itself_as_the_list_does(penstock: Penstock, command: str) -> None:
    listed = re.search(rf"^  {command} +(.*\n(?:   +.*\n)*)", penstock("-h").out, re.MULTILINE)
    assert listed
    summary = " ".join(listed[1].split()).replace("a topology", "TOPOLOGY")
    assert summary in " ".join(penstock(command, "-h").out.split())


def test_version(penstock: Penstock) -> None:
    assert penstock("--version") == (0, f"penstock, version {__version__}\n", "")


def test_without_a_command_it_shows_the_help(penstock: Penstock) -> None:
    ran = penstock()
    assert (ran.code, ran.out) == (2, "")
    assert "Commands:" in ran.err


def test_a_misspelt_command_is_met_with_the_right_one(penstock: Penstock) -> None:
    assert penstock("lnit").err.endswith("Error: No such command 'lnit'. Did you mean 'lint'?\n")
    assert penstock("xyz").err.endswith("Error: No such command 'xyz'.\n")


@pytest.mark.parametrize(
    "arguments",
    [["lnit"], ["--nope"], ["lint", "--nope"], ["lint", "--format", "xml"], ["compile"], ["rules", "a", "b"]],
)
def test_wrong_usage_is_2(penstock: Penstock, arguments: list[str]) -> None:
    ran = penstock(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "Usage: penstock" in ran.err


class TestWhatStopsIt:
    @pytest.fixture
    def stopped(self, penstock: Penstock, monkeypatch: pytest.MonkeyPatch) -> "Stopped":
        save(CLEAN)
        return Stopped(penstock, monkeypatch)

    def test_a_bug_is_one_line_that_asks_for_a_report(self, stopped: "Stopped") -> None:
        save(CLEAN, Path("my topology.yaml"))
        ran = stopped.by(ZeroDivisionError("division\nby zero"))("lint", "my topology.yaml")
        what = "this is a bug in penstock (ZeroDivisionError: division by zero)"
        report = "please report what `penstock --debug lint 'my topology.yaml'` says"
        assert ran == (3, "", f"penstock: {what}; {report}\n")

    def test_a_bug_shows_its_traceback_when_asked_to(self, stopped: "Stopped") -> None:
        stopped.by(ZeroDivisionError("x"))
        with pytest.raises(ZeroDivisionError):
            run(["--debug", "lint", "topology.yaml"])

    def test_ctrl_c(self, stopped: "Stopped") -> None:
        ran = stopped.by(KeyboardInterrupt())("lint")
        assert (ran.code, ran.out, ran.err.strip()) == (130, "", "penstock: interrupted")

    def test_a_full_disk_behind_stdout(self, stopped: "Stopped") -> None:
        ran = stopped.by(OSError(errno.ENOSPC, "No space left on device"))("lint")
        assert ran == (2, "", "penstock: No space left on device\n")

    def test_a_missing_file_of_our_own_is_a_bug(self, stopped: "Stopped") -> None:
        assert stopped.by(FileNotFoundError("schemas/limits.json"))("lint").code == 3


class Stopped:
    def __init__(self, penstock: Penstock, monkeypatch: pytest.MonkeyPatch) -> None:
        self.penstock = penstock
        self.monkeypatch = monkeypatch

    def by(self, error: BaseException) -> Penstock:
        """The command line, in which running the rules raises the error."""

        def fail(*arguments: object) -> None:
            del arguments
            raise error

        self.monkeypatch.setattr("penstock.lint.engine.run", fail)
        return self.penstock


class TestItsOutput:
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("TERM", "xterm")
        save(WITHOUT_DLQ)

    def on_terminal(self, *command: str) -> str:
        """What a command writes to a terminal."""
        parent, child = pty.openpty()
        try:
            subprocess.run([*PENSTOCK, *command], stdout=child, stderr=subprocess.DEVNULL, check=False)
        finally:
            os.close(child)
        chunks = []
        while True:
            try:
                chunk = os.read(parent, 65536)
            except OSError:
                break
            if not chunk:
                break
            chunks.append(chunk)
        os.close(parent)
        return b"".join(chunks).decode()

    def test_is_coloured_on_a_terminal_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        coloured = self.on_terminal("lint")
        assert "\033[" in coloured
        monkeypatch.setenv("NO_COLOR", "1")
        plain = self.on_terminal("lint")
        assert "\033" not in plain
        assert re.sub(r"\033\[[0-9;]*m", "", coloured) == plain
        monkeypatch.delenv("NO_COLOR")
        monkeypatch.setenv("TERM", "dumb")
        assert self.on_terminal("lint") == plain
        monkeypatch.setenv("TERM", "xterm")
        piped = subprocess.run([*PENSTOCK, "lint"], capture_output=True, check=False)
        assert b"\033" not in piped.stdout + piped.stderr

    @pytest.mark.parametrize(
        "command", [["rules"], ["rules", "DLQ001"], ["lint"], ["compile", str(ORDERS), "-o", "out", "--check"]]
    )
    def test_may_lose_its_reader(self, command: list[str]) -> None:
        reader, writer = os.pipe()
        os.close(reader)
        try:
            ran = subprocess.run([*PENSTOCK, *command], stdout=writer, stderr=subprocess.PIPE, check=False)
        finally:
            os.close(writer)
        assert (ran.returncode, ran.stderr) == (141, b"")

    def test_may_be_closed(self) -> None:
        ran = subprocess.run(
            ["/bin/sh", "-c", '"$@" >&-', "sh", *PENSTOCK, "lint"], stderr=subprocess.PIPE, check=False, text=True
        )
        assert (ran.returncode, ran.stderr) == (1, "1 error in 1 topology\n")

    def test_may_go_where_nothing_fits(self) -> None:
        if not Path("/dev/full").exists():
            pytest.skip("this system has no full device")
        with Path("/dev/full").open("wb") as full:
            ran = subprocess.run([*PENSTOCK, "lint"], stdout=full, stderr=subprocess.PIPE, check=False, text=True)
        assert (ran.returncode, ran.stderr) == (2, "penstock: No space left on device\n")

    @pytest.mark.parametrize(("encoding", "name"), [("latin-1", b"\\u6ce8.yaml"), ("utf-8", "注.yaml".encode())])
    def test_escapes_what_the_encoding_lacks(self, encoding: str, name: bytes) -> None:
        ran = subprocess.run(
            [*PENSTOCK, "lint", "注.yaml"],
            env={**os.environ, "PYTHONIOENCODING": encoding},
            capture_output=True,
            check=False,
        )
        assert (ran.returncode, ran.stderr) == (2, b"1 error in 1 topology\n")
        assert name in ran.stdout


def test_main_ends_the_process_with_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["penstock", "rules", "DLQ001"])
    monkeypatch.setattr(os, "_exit", sys.exit)
    monkeypatch.setattr(gc, "disable", lambda: None)  # the tests after this one need it
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 0


def test_every_error_of_click_is_wrong_usage(penstock: Penstock, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        del arguments
        raise click.ClickException("no")

    save(CLEAN)
    monkeypatch.setattr(penstock_pipeline, "_read", fail)
    assert penstock("lint") == (2, "", "Error: no\n")


penstock_pipeline = penstock.pipeline
