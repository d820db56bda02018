"""Built handlers in processes of Node's that stay, whose calls of AWS come here: they die, are refused or go unheard as it is drawn."""

# ruff: noqa: ANN401 - events and answers are JSON values

import hashlib
import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from tests.emit_python.sandboxes import Aws, Died, Fault, Function, Invocation

DRIVER = Path(__file__).with_name("standing.mjs")
OWN = {
    "FullBatchFailureError",
    "IdempotencyAlreadyInProgressError",
    "IdempotencyPersistenceLayerError",
    "MessageError",
    "AccessDenied",
    "ThrottlingException",
    "TimeoutError",
    "Error",
}
"""Errors that a function may end with; any other is a fault of the generated code."""


class PublishError(Exception):
    """What a handler has thrown."""


class Place:
    """Where all handlers find AWS; one is invoked at a time, and calls are answered one by one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.aws = Aws({})
        self.endpoint = ""
        self.running: tuple[Invocation, Box] | None = None
        self.lock = threading.Lock()
        self.boxes: dict[str, Box] = {}

    def load(self, function: Function, aws: Aws) -> "Box":
        """The handler of a function, in a process of its own, which stays until it dies."""
        self.aws = aws
        if function.name not in self.boxes:
            self.boxes[function.name] = Box(function, self)
        return self.boxes[function.name]

    def answered(self, target: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        """What is answered to a call; nothing where nobody hears it."""
        with self.lock:
            if self.running is None or self.running[0].dead:
                return None
            operation = target.rpartition(".")[2]
            if "QueueUrl" in given:
                given["QueueUrl"] = given["QueueUrl"].rpartition("/")[2]
            try:
                answer = self.aws.call(operation, given) or {}
            except ClientError as error:
                code = error.response["Error"]["Code"]
                item = {"Item": error.response["Item"]} if "Item" in error.response else {}
                return 400, {"__type": code, "message": "no", **item}
            except ReadTimeoutError:
                return None
            except Died:
                self.running[1].kill()
                return None
        digest = hashlib.md5(given.get("MessageBody", "").encode(), usedforsecurity=False).hexdigest()
        return 200, {"MD5OfMessageBody": digest, "MessageId": "m"} if operation == "SendMessage" else answer


class Box:
    """A process with the handler of one function."""

    def __init__(self, function: Function, place: Place) -> None:
        self._place, self._name = place, function.name
        environment = {
            "PATH": os.environ["PATH"],
            "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL": place.endpoint,
            "NODE_NO_WARNINGS": "1",
            "SERVICE": f"{place.endpoint}/0/service",
            **{
                name: f"{place.endpoint}/0/{value}" if name.startswith("PENSTOCK_QUEUE_") else value
                for name, value in function.environment.items()
            },
        }
        self._process = subprocess.Popen(
            ["node", str(DRIVER), str(place.folder / "dist" / function.name / "handler.mjs")],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def invoke(self, event: object, fault: Fault, _: Callable[[], None]) -> Any:
        """What the handler answers; `Died` and errors pass through."""
        running = Invocation(fault, lambda: None)
        self._place.aws.running.append(running)
        with self._place.lock:
            self._place.running = running, self
        try:
            said = self._asked(json.dumps({"event": event, "ms": round(self._place.aws.now * 1000)}))
        finally:
            with self._place.lock:
                self._place.running = None
            self._place.aws.running.pop()
        if running.dead or fault.kind == "dies at its end":
            self.end()
            del self._place.boxes[self._name]
            raise Died
        if "raised" in said:
            assert said["raised"] in OWN, said["text"]
            raise PublishError(said["raised"])
        return said["answer"]

    def _asked(self, line: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stderr is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        while text := self._process.stderr.readline():
            if text.startswith(('{"answer"', '{"raised"')):
                found: dict[str, Any] = json.loads(text)
                return found
        return {}

    def kill(self) -> None:
        """End it at once, whatever it does."""
        self._process.kill()

    def end(self) -> None:
        """End it, and what leads to it."""
        self.kill()
        self._process.wait(timeout=10)
        for pipe in (self._process.stdin, self._process.stderr):
            with suppress(BrokenPipeError):
                assert pipe is not None
                pipe.close()


@contextmanager
def standing(folder: Path) -> Iterator[Place]:
    """Where the handlers that are built in a folder find AWS."""
    place = Place(folder)

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = place.answered(self.headers["X-Amz-Target"], given)
            if answer is None:
                self.close_connection = True
                return
            body = json.dumps(answer[1]).encode()
            self.send_response_only(answer[0])  # without the date, which would be taken for a clock that is wrong
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    place.endpoint = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield place
    finally:
        for box in place.boxes.values():
            box.end()
        server.shutdown()
        server.server_close()
