"""The workers of a service in TypeScript: what they delete, hide and give back, and a pool that is told to stop."""

import hashlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from penstock.pipeline import check, compile_topology
from tests.cli.topology import CLEAN, save
from tests.emit_python.samples import POOLED
from tests.emit_typescript.project import run, write

pytestmark = pytest.mark.slow
LOGIC = """
import { appendFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

export async function handleOrderPlaced(message: { readonly order_id: string }): Promise<void> {
    const id = message.order_id;
    appendFileSync("log", `begun ${id}\\n`);
    if (id.startsWith("bad")) throw new TypeError(id);
    if (id.startsWith("last")) process.kill(process.pid, "SIGTERM");
    if (id.startsWith("deadly")) process.exit(9);
    if (id.startsWith("stuck")) await wait(60_000);
    await wait(id.startsWith("slow") ? 1_500 : id.startsWith("last") ? 100 : 0);
    appendFileSync("log", `done ${id}\\n`);
}
"""


class Sqs:
    """A queue of which everything that is said is kept; when nothing is left in it, the worker is told to stop."""

    def __init__(self, *batches: list[dict[str, Any]] | None) -> None:
        self.batches = list(batches)
        self.said: list[tuple[Any, ...]] = []
        self.worker: subprocess.Popen[str] | None = None

    def answer(self, operation: str, given: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        if operation == "ReceiveMessage":
            self.said.append(("receive", given["WaitTimeSeconds"], given["MaxNumberOfMessages"]))
            found = self.batches.pop(0) if self.batches else []
            if found is None:
                return 400, {"__type": "AccessDenied", "message": "no"}
            if not found and self.worker:
                self.worker.send_signal(signal.SIGTERM)
            return 200, {"Messages": found}
        if operation == "DeleteMessage":
            self.said.append(("delete", given["ReceiptHandle"]))
        else:
            self.said.append(("hide", given["ReceiptHandle"], given["VisibilityTimeout"]))
        return 200, {}


@contextmanager
def served(sqs: Sqs) -> Iterator[str]:
    """Where the queue is."""

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = sqs.answer(self.headers["X-Amz-Target"].rpartition(".")[2], given)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def received(order: str, group: str = "g") -> dict[str, Any]:
    body = json.dumps({"order_id": order, "items": [{"sku": order}]})
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "0", "MessageGroupId": group}
    digest = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
    return {"MessageId": order, "ReceiptHandle": order, "Body": body, "MD5OfBody": digest, "Attributes": attributes}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write({"pool": POOLED}, tmp_path_factory.mktemp("pool"), {"pool": LOGIC})
    run(["node", "build.mjs"], folder, 60)
    return folder / "dist" / "pool" / "worker.mjs"


@contextmanager
def started(
    built: Path, folder: Path, endpoint: str, *arguments: str, **more: str
) -> Iterator["subprocess.Popen[str]"]:
    """A pool, or with a queue's name a worker."""
    variables = {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "PENSTOCK_SOURCE_FULFILMENT": f"{endpoint}/000000000000/q",
        **more,
    }
    with (folder / "errors").open("w") as errors:
        process = subprocess.Popen(
            ["node", str(built), *arguments],
            cwd=folder,
            env=variables,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            text=True,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=5)


def ended(built: Path, folder: Path, sqs: Sqs, code: int = 0, **more: str) -> None:
    """A worker handles all that its queue has, and then stops."""
    with served(sqs) as endpoint, started(built, folder, endpoint, "fulfilment", **more) as worker:
        sqs.worker = worker
        assert worker.wait(timeout=30) == code, (folder / "errors").read_text()


def test_what_is_done_is_deleted_and_nothing_follows_a_failure_of_its_group(built: Path, tmp_path: Path) -> None:
    sqs = Sqs([received("a"), received("bad"), received("c"), received("d", "h")])
    ended(built, tmp_path, sqs)
    assert sqs.said == [("receive", 4, 10), ("delete", "a"), ("delete", "d"), ("receive", 4, 10)]


def test_what_is_not_begun_goes_back_when_it_stops(built: Path, tmp_path: Path) -> None:
    sqs = Sqs([received("last"), received("b"), received("c")])
    ended(built, tmp_path, sqs)
    assert sqs.said == [("receive", 4, 10), ("delete", "last"), ("hide", "b", 0), ("hide", "c", 0)]


def test_what_takes_long_stays_hidden_with_all_that_waits_for_it(built: Path, tmp_path: Path) -> None:
    sqs = Sqs([received("slow"), received("b")])
    ended(built, tmp_path, sqs, PENSTOCK_HEARTBEAT="1")
    assert sqs.said[1:-1] == [("hide", "slow", 90), ("hide", "b", 90), ("delete", "slow"), ("delete", "b")]


def test_what_takes_too_long_ends_its_worker_which_gives_the_rest_back(built: Path, tmp_path: Path) -> None:
    sqs = Sqs([received("a"), received("stuck", "h"), received("c", "i")])
    ended(built, tmp_path, sqs, code=1, PENSTOCK_PROCESSING_TIMEOUT="1")
    assert sqs.said[1:] == [("delete", "a"), ("hide", "c", 0)]
    assert "not handled: after 1 s, so this worker ends" in (tmp_path / "errors").read_text()


def test_a_queue_that_does_not_answer_is_asked_again(built: Path, tmp_path: Path) -> None:
    sqs = Sqs(None, [received("a")])
    ended(built, tmp_path, sqs)
    assert [each[0] for each in sqs.said] == ["receive", "receive", "delete", "receive"]


def test_a_pool_starts_again_what_ends_and_ends_what_it_has_begun(built: Path, tmp_path: Path) -> None:
    sqs = Sqs([received("deadly")], [received("a")], [received("slow")])
    log = tmp_path / "log"
    with served(sqs) as endpoint, started(built, tmp_path, endpoint, PENSTOCK_WORKERS="1") as pool:
        for _ in range(200):
            if log.exists() and "begun slow" in log.read_text():
                break
            time.sleep(0.1)
        pool.terminate()
        assert pool.wait(timeout=15) == 0
    assert log.read_text().split() == ["begun", "deadly", "begun", "a", "done", "a", "begun", "slow", "done", "slow"]
    assert [each for each in sqs.said if each[0] != "receive"] == [("delete", "a"), ("delete", "slow")]
    assert "a worker ended with 9" in (tmp_path / "errors").read_text()


def test_a_service_in_typescript_has_an_image_and_a_file_to_begin_with(tmp_path: Path) -> None:
    pool = (
        "  packers:\n    type: service\n    language: typescript\n    from: intake\n    image: packers:1.4\n    stop_timeout: 2m\n"
        "    vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}\n"
    )
    path = save(CLEAN[: CLEAN.index("  worker:")] + pool, tmp_path / "topology.yaml")
    topology = check(path).topology
    assert topology is not None
    made = compile_topology(path, topology)
    assert made.created_once == {}
    assert 'CMD ["node", "worker.mjs"]' in made.files["services/packers/Dockerfile"]
    assert "notImplemented" in made.files["src/packers.ts"]
    assert "visibilityS: 180" in made.files["services/packers/worker.ts"]
    assert "waitS: 20, stopS: 120" in made.files["services/packers/worker.ts"]
    own = save("export async function handleOrderPlaced() {}\n", tmp_path / "src" / "packers.ts")
    assert "tests/packers.test.ts" not in made.files
    again = compile_topology(path, topology).files
    assert again["src/packers.ts"] == own.read_text()
    assert "To begin with: copy it to tests/" in again["tests/packers.test.ts"]
