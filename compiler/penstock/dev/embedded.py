"""An AWS on this machine: ministack as a child process on the loopback interface.

The child gets an environment made from nothing, so no profile, credential, proxy or Docker daemon of the user's has a
part in it, and one temporary folder for all that it writes. `guard.py` ends it when this process ends, however that
happens.
"""

import contextlib
import http.client
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from penstock.dev import DevError

HOST = "127.0.0.1"
ACCOUNT = "000000000000"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
NEEDED = ("ministack", "boto3", "aws_lambda_powertools")
KEPT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "SYSTEMROOT",
    "LD_LIBRARY_PATH",
)  # of the user's environment; all else stays out
PORT_ATTEMPTS = 3
STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What the embedded AWS answered to a plain HTTP request."""

    status: int
    body: bytes


class EmbeddedAws:
    """The embedded AWS between `start()` and `stop()`; as a context manager it stops on every way out.

    `start_seconds` bounds the wait until it answers. With `authorize`, handlers may do only what their roles allow, and
    SNS reaches only the queues whose policies let it. Faults are raised as DevError.
    """

    def __init__(self, *, region: str = "eu-central-1", authorize: bool = True, start_seconds: float = 30.0) -> None:
        self.region = region
        self.authorize = authorize
        self.start_seconds = start_seconds
        self.port = 0
        self._folder: Path | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._session: Any = None
        self._clients: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def endpoint(self) -> str:
        """The URL under which every service answers."""
        return f"http://{HOST}:{self.port}"

    @property
    def folder(self) -> Path:
        """The temporary folder of this run; gone after `stop()`."""
        if self._folder is None:
            raise DevError("the embedded AWS is not running")
        return self._folder

    def start(self) -> None:
        """Starts the emulator and waits until it answers."""
        _require_tools()
        self._folder = Path(tempfile.mkdtemp(prefix="penstock-dev-"))
        try:
            for attempt in range(1, PORT_ATTEMPTS + 1):
                self._launch()
                if self._healthy(last=attempt == PORT_ATTEMPTS):
                    return
                self._end_processes()
        except BaseException:  # Ctrl-C during the start must leave nothing behind either
            self.stop()
            raise

    def stop(self) -> None:
        """Ends the emulator and everything that it started, and removes its folder; harmless when repeated."""
        self._clients.clear()
        self._session = None
        self._end_processes()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def log(self, lines: int = 20) -> str:
        """The last lines of the emulator's own log."""
        with contextlib.suppress(FileNotFoundError):
            return "\n".join((self.folder / "ministack.log").read_text(errors="replace").splitlines()[-lines:])
        return ""

    def denials(self) -> tuple[str, ...]:
        """The deliveries between services that a resource policy kept from happening; such a message is simply gone."""
        lines = [line for line in self.log(lines=10_000).splitlines() if " denies delivery " in line]
        return tuple(dict.fromkeys(line.partition("] ")[2] for line in lines))

    def client(self, service: str) -> Any:  # noqa: ANN401 - botocore makes its clients at run time
        """A client as boto3 gives it, bound to the embedded AWS whatever the user's AWS configuration says."""
        if service not in self._clients:
            from botocore.config import Config

            quick = Config(retries={"max_attempts": 1}, connect_timeout=5, read_timeout=60, proxies={})
            self._clients[service] = self._botocore().create_client(
                service,
                region_name=self.region,
                endpoint_url=self.endpoint,
                aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
                config=quick,
            )
        return self._clients[service]

    def call(self, service: str, operation: str, **arguments: object) -> dict[str, Any]:
        """Calls one operation (`send_message`); what AWS refuses, and a lost connection, are raised as DevError."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = getattr(self.client(service), operation)(**arguments)
        except ClientError as refusal:
            words = refusal.response.get("Error", {}).get("Message", str(refusal))
            raise DevError(f"{service} refused {operation}: {words}") from refusal
        except BotoCoreError as fault:
            raise DevError(f"the call {operation} of {service} failed: {fault}") from fault
        return answer

    def http(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Reply:
        """A plain HTTP request to the emulator, past any proxy."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return Reply(answer.status, answer.read())
        except OSError as fault:
            raise DevError(f"the embedded AWS does not answer: {fault}\n{self.log()}") from fault
        finally:
            connection.close()

    def signed(self, service: str, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        """A plain HTTP request with the signature that IAM authorization asks for."""
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        request = AWSRequest(method, f"{self.endpoint}{path}", headers=headers, data=body)
        identity = Credentials(CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"])
        SigV4Auth(identity, service, self.region).add_auth(request)
        return self.http(method, path, body, dict(request.headers.items()))

    def _botocore(self) -> Any:  # noqa: ANN401 - as above
        """A botocore session that reads no configuration of the user's: no profile, no shared files."""
        if self._session is None:
            from botocore.session import Session

            nothing = {
                "profile": (None, None, None, None),
                "config_file": (None, None, os.devnull, None),
                "credentials_file": (None, None, os.devnull, None),
            }
            self._session = Session(session_vars=nothing)
        return self._session

    def _launch(self) -> None:
        """Starts the guard, which starts ministack, on a port that is free now."""
        self.port = _free_port()
        server = [sys.executable, "-c", _program("server.py")]
        command = [sys.executable, "-I", "-S", "-c", _program("guard.py"), str(self.folder), *server]
        with (self.folder / "ministack.log").open("wb") as log:
            self._guard = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=self._environment(),
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        """The emulator's environment, which its Lambda handlers inherit.

        Handlers run with this Python whatever runtime their function declares, so boto3 and the other installed
        packages can be imported, as boto3 can be on AWS. Docker is pointed at nowhere, and the listeners that nobody
        asked for stay off. What Lambda tries again after minutes comes again after parts of a second.
        """
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        nowhere = str(self.folder / "no-configuration")
        return (
            kept
            | CREDENTIALS
            | {
                "AUTH": str(self.authorize).lower(),
                "AWS_CONFIG_FILE": nowhere,
                "AWS_SHARED_CREDENTIALS_FILE": nowhere,
                "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_DEFAULT_REGION": self.region,
                "BIND_HOST": HOST,
                "DOCKER_HOST": f"unix://{self.folder / 'no-docker.sock'}",
                "GATEWAY_PORT": str(self.port),
                "HOME": str(self.folder),
                "IOT_MTLS_ENABLED": "0",
                "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.3",
                "LAMBDA_EXECUTOR": "local",
                "LOG_LEVEL": "WARNING",
                "MINISTACK_ACCOUNT_ID": ACCOUNT,
                "MINISTACK_HOST": HOST,
                "MINISTACK_REGION": self.region,
                "PERSIST_STATE": "0",
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONUNBUFFERED": "1",
                "S3_DATA_DIR": str(self.folder / "s3"),
                "S3_PERSIST": "0",
                "SFTP_ENABLED": "0",
                "STATE_DIR": str(self.folder / "state"),
                "TMPDIR": str(self.folder),
            }
        )

    def _healthy(self, *, last: bool) -> bool:
        """Waits for the emulator's answer; False when another program took the port and this was not the `last` try."""
        end = time.monotonic() + self.start_seconds
        while time.monotonic() < end and self._guard is not None and self._guard.poll() is None:
            with contextlib.suppress(DevError):
                if self.http("GET", "/_ministack/health").status == http.client.OK:
                    return True
            time.sleep(0.05)
        if last or "already in use" not in self.log():
            raise DevError(f"the embedded AWS did not start within {self.start_seconds:g} s:\n{self.log()}")
        return False

    def _end_processes(self) -> None:
        """Lets the guard clean up by ending its pipe, and makes sure of the whole process group."""
        if self._guard is None:
            return
        if self._guard.stdin is not None:
            self._guard.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._guard.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._guard.pid, signal.SIGKILL)
        self._guard.wait()
        self._guard = None


def _require_tools() -> None:
    """Says what to install when something is missing, before anything is started."""
    if os.name != "posix":
        raise DevError("the embedded AWS needs Linux or macOS")
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise DevError(f"{', '.join(missing)} is not installed: pip install 'penstock[dev]'")


def _program(name: str) -> str:
    """The text of one of the programs beside this module, which also works from a zip."""
    return resources.files("penstock.dev").joinpath(name).read_text(encoding="utf-8")


def _free_port() -> int:
    """A port of the loopback interface that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
