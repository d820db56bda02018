"""Lambda's Runtime API, as far as a runtime interface client asks for it.

It gives the client one event after the other, and keeps what the client answers. An init error, or the end of the client's process, ends
the wait for answers. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import queue
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

_VERSION = "/2018-06-01/runtime/"
_NEXT = f"{_VERSION}invocation/next"
_WAIT_S = 60.0


class Answer(NamedTuple):
    """What a handler returned, or the error with which it, or its import, ended."""

    value: Any = None
    error: Any = None


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, events: Sequence[object]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.events: queue.Queue[tuple[str, object]] = queue.Queue()
        for number, event in enumerate(events):
            self.events.put((f"request-{number}", event))
        self.answers: queue.Queue[Answer] = queue.Queue()
        self.ended = threading.Event()

    def handle_error(self, *_: object) -> None:
        """Nothing: the client is killed when it has answered all, and then does not wait for the reply."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        if self.path != _NEXT:
            self._reply(404)
            return
        try:
            ident, event = self.server.events.get_nowait()
        except queue.Empty:
            self.server.ended.wait(_WAIT_S)  # as Lambda freezes a function that has nothing to do
            self._reply(500)
            return
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": ident,
            "Lambda-Runtime-Deadline-Ms": str(32_503_680_000_000),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-central-1:111122223333:function:f",
            "Lambda-Runtime-Trace-Id": "Root=1-67891233-abcdef012345678912345678;Sampled=0",
        }
        self._reply(200, json.dumps(event).encode(), headers)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        said = json.loads(body or b"null")
        self.server.answers.put(Answer(value=said) if self.path.endswith("/response") else Answer(error=said))
        self._reply(202, b'{"status": "OK"}')

    def _reply(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: what is said is in the answers."""


def invoked(
    client: Sequence[str], folder: Path, events: Sequence[object], environment: Mapping[str, str]
) -> list[Answer]:
    """What a client in a folder answers to these events, one after the other."""
    with _served(events) as server:
        api = f"127.0.0.1:{server.server_address[1]}"
        process = subprocess.Popen(
            client,
            cwd=folder,
            env={**environment, "AWS_LAMBDA_RUNTIME_API": api},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            answers = []
            for _ in events:
                answers.append(_answer(server, process))
                if answers[-1].error is not None:
                    break
            return answers
        finally:
            process.kill()
            process.communicate()


def _answer(server: _Server, process: "subprocess.Popen[bytes]") -> Answer:
    for _ in range(int(_WAIT_S * 10)):
        try:
            return server.answers.get(timeout=0.1)
        except queue.Empty:
            if process.poll() is not None:
                output = process.stdout.read().decode(errors="replace") if process.stdout else ""
                raise AssertionError(f"the client ended with {process.returncode}: {output[-2_000:]}") from None
    raise AssertionError(f"no answer in {_WAIT_S:g} s")


@contextmanager
def _served(events: Sequence[object]) -> Iterator[_Server]:
    server = _Server(events)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
