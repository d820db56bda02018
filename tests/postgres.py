"""A PostgreSQL on this machine: a server of one's own on the loopback interface, thrown away afterwards."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
PASSWORD = "on-loopback"  # noqa: S105 - of a server that lives as long as the test
SERVER = "postgres"


@contextmanager
def postgres() -> Iterator[dict[str, Any]]:
    """The server, as a secret says how to connect; skips the test where there is none, or no driver."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: nothing speaks to PostgreSQL")
    if not FOLDERS:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="penstock-postgres-"))
    server = _Server(FOLDERS[0], folder)
    try:
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


class _Server:
    """PostgreSQL refuses to run as root, so root runs it as the user that Debian's package makes."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.folder = folder
        self.user: dict[str, Any] = {"user": SERVER} if os.geteuid() == 0 else {}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> dict[str, Any]:
        if self.user:
            shutil.chown(self.folder, SERVER)
        data, password = self.folder / "data", self.folder / "password"
        password.write_text(PASSWORD, encoding="utf-8")
        password.chmod(0o644)
        made = [str(self.programs / "initdb"), "-D", str(data), "-U", SERVER, "-A", "scram-sha-256", "--no-sync"]
        self._run([*made, f"--pwfile={password}"])
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.process = subprocess.Popen(
            [str(self.programs / "postgres"), "-D", str(data), *options],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self.user,
        )
        secret = {"host": "127.0.0.1", "port": port, "username": SERVER, "password": PASSWORD, "dbname": "postgres"}
        _wait(secret)
        return {**secret, "sslmode": "disable"}

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, **self.user)
        assert done.returncode == 0, done.stderr

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=20)


def connect(secret: dict[str, Any]) -> Any:  # noqa: ANN401 - psycopg may not be there
    """A connection; its block is a transaction."""
    import psycopg

    return psycopg.connect(
        host=secret["host"],
        port=secret["port"],
        user=secret["username"],
        password=secret["password"],
        dbname=secret["dbname"],
    )


def _wait(secret: dict[str, Any]) -> None:
    import psycopg

    for _ in range(100):
        try:
            connect(secret).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(secret["port"])
