"""`penstock dev` as a person runs it: what it prints, how it ends, and that nothing stays behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.e2e.system import HERE, until
from tests.topologies import EXAMPLES

pytestmark = pytest.mark.embedded

TOPOLOGY = str(HERE / "permissions")
WITHOUT_MINISTACK = """
from importlib.machinery import PathFinder

find = PathFinder.find_spec
PathFinder.find_spec = lambda name, *more: None if name.split(".")[0] == "ministack" else find(name, *more)
"""


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """The folder for temporary files that penstock and all that it starts see; its path tells their processes."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def ping(tmp_path: Path) -> str:
    file = tmp_path / "ping.json"
    file.write_text('{"id": "ping"}')
    return f"Ping={file}"


@contextmanager
def running(scratch: Path, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    given = os.environ | {"TMPDIR": str(scratch), "COLUMNS": "120", "PYTHONPATH": _path()} | environment
    command = [sys.executable, "-m", "penstock", "dev", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=given, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _path() -> str:
    return os.pathsep.join(sys.path)


def processes(scratch: Path) -> list[str]:
    """The processes that were given this folder, as argument or in their environment."""
    shown = subprocess.run(["ps", "axeww", "-o", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in shown.splitlines() if str(scratch) in line]


def nothing_left(scratch: Path) -> bool:
    until(lambda: not processes(scratch), "processes are left", seconds=10)
    return list(scratch.iterdir()) == []


def read_until(process: subprocess.Popen[str], start: str) -> list[str]:
    """The lines that a process prints, up to the one that begins so."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if line.startswith(start):
            return lines
    raise AssertionError(lines)


def test_it_says_where_messages_ended_and_leaves_nothing(scratch: Path, ping: str) -> None:
    with running(scratch, TOPOLOGY, "--send", ping, "--from", "start-queue", "--for", "30s") as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    first, *_, heading, row = out.splitlines()
    assert first.startswith("deployed ")
    assert first.partition(" at ")[0].endswith(" resources of 'permissions' to the embedded AWS")
    assert heading.split() == ["MESSAGE", "PATH", "ATTEMPTS", "ENDED"]
    path = "start-queue > queue-work > to-queue > direct > read-all"
    assert " ".join(row.split()) == f"Ping ping {path} 1 handled by read-all"
    assert nothing_left(scratch)


def test_what_is_imported_from_is_deployed_first(scratch: Path) -> None:
    with running(scratch, str(EXAMPLES / "workspace" / "inventory")) as process:
        first, second, *_ = read_until(process, "Ctrl-C stops it.")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert first.endswith(" resources of 'commerce', which is imported from")
    assert second.partition(" at ")[0].endswith(" resources of 'inventory' to the embedded AWS")
    assert nothing_left(scratch)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stays_up_until_it_is_stopped(scratch: Path, number: signal.Signals) -> None:
    with running(scratch, TOPOLOGY) as process:
        *_, api, last = read_until(process, "Ctrl-C stops it.")
        assert api.startswith("ApiUrl: ")
        assert any("ministack" in line for line in processes(scratch))
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err, last) == (0, "stopped; nothing is left running\n", "Ctrl-C stops it.")
    assert nothing_left(scratch)


def test_impatience_leaves_nothing_either(scratch: Path) -> None:
    """Ctrl-C held down: what comes after the first one does not cut the cleaning up short."""
    with running(scratch, TOPOLOGY) as process:
        read_until(process, "Ctrl-C stops it.")
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "stopped; nothing is left running\n")
    assert nothing_left(scratch)


def test_an_interrupt_while_messages_are_followed_is_told_by_the_exit_code(scratch: Path, tmp_path: Path) -> None:
    long = tmp_path / "long.json"  # than the next queue takes, so it fails and comes again
    long.write_text(json.dumps({"id": 2_000 * "x"}))
    arguments = ("--send", f"Ping={long}", "--from", "start-queue", "--visibility", "60s", "--for", "10m")
    with running(scratch, TOPOLOGY, *arguments) as process:
        read_until(process, "deployed ")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "stopped; nothing is left running\n")
    assert nothing_left(scratch)


def test_an_interrupt_while_it_starts_leaves_nothing(scratch: Path) -> None:
    with running(scratch, TOPOLOGY) as process:
        until(lambda: any(scratch.glob("penstock-dev-*/ministack.log")), "ministack is not being started")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "stopped; nothing is left running\n")
    assert nothing_left(scratch)


@pytest.mark.parametrize(
    ("send", "code", "said"),
    [
        ("Pong={file}", 1, "penstock: the topology has no message 'Pong'; it has Ping"),
        ("Ping=absent.json", 2, "Error: Invalid value for '--send': there is no file 'absent.json'"),
        ("Ping", 2, "Error: Invalid value for '--send': 'Ping' is not of the form MESSAGE=FILE"),
    ],
)
def test_a_message_that_cannot_be_sent_is_said_before_anything_starts(
    scratch: Path, tmp_path: Path, send: str, code: int, said: str
) -> None:
    file = tmp_path / "some.json"
    file.write_text("{}")
    with running(scratch, TOPOLOGY, "--send", send.format(file=file)) as process:
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err.splitlines()[-1]) == (code, "", said)
    assert "Traceback" not in err
    assert nothing_left(scratch)


def test_without_ministack_it_says_what_to_install(scratch: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(WITHOUT_MINISTACK)
    with running(scratch, TOPOLOGY, PYTHONPATH=os.pathsep.join([str(site), _path()])) as process:
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert err == "penstock: ministack is not installed: pip install 'penstock[dev]'\n"
    assert nothing_left(scratch)
