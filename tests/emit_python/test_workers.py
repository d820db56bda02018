"""The workers of a service: what they delete, hide and give back, and a pool that is told to stop."""

# ruff: noqa: ANN401 - a module that exists only at run time, and AWS's answers

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from penstock.dev.embedded import EmbeddedAws
from penstock.emit.python_worker import Polled, emit_worker
from penstock.pipeline import check, compile_topology
from tests.cli.topology import CLEAN, save
from tests.emit_python.samples import POOLED

QUEUE = Polled("fulfilment", 10, 90, fifo=True)


class Sqs:
    """A queue of which everything that is said is kept."""

    def __init__(self, *batches: Any) -> None:
        self.batches = list(batches)
        self.said: list[tuple[Any, ...]] = []

    def receive_message(self, **given: Any) -> dict[str, Any]:
        self.said.append(("receive", given["WaitTimeSeconds"], given["MaxNumberOfMessages"]))
        found = self.batches.pop(0)
        if isinstance(found, Exception):
            raise found
        return {"Messages": found}

    def delete_message(self, **given: Any) -> None:
        self.said.append(("delete", given["ReceiptHandle"]))

    def change_message_visibility(self, **given: Any) -> None:
        self.said.append(("hide", given["ReceiptHandle"], given["VisibilityTimeout"]))


def received(ident: str, group: str = "g") -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "0", "MessageGroupId": group}
    return {"MessageId": ident, "ReceiptHandle": ident, "Body": ident, "Attributes": attributes}


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("PENSTOCK_SOURCE_FULFILMENT", "https://q")
    made = ModuleType("worker_under_test")
    monkeypatch.setitem(sys.modules, made.__name__, made)
    text = emit_worker(POOLED, [QUEUE], 30).files["services/fulfil/worker.py"]
    exec(compile(text, "worker.py", "exec"), made.__dict__)  # noqa: S102 - what is generated is run
    return made


def run(module: Any, sqs: Sqs, handle: Callable[[str], None]) -> Any:
    """A worker that handles all that its queue has, and then stops."""

    def handler(event: dict[str, Any], context: Any) -> Any:
        assert 0 < context.get_remaining_time_in_millis() <= module.TIMEOUT_S * 1000
        (record,) = event["Records"]
        assert record["eventSourceARN"] == "https://q"
        try:
            handle(record["body"])
        except ValueError:
            return {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
        return {"batchItemFailures": []}

    worker = module.Worker(module.QUEUES["fulfilment"], sqs, handler)
    receive = worker._receive  # noqa: SLF001

    def last() -> list[dict[str, Any]]:
        if not sqs.batches:
            worker.stop(signal.SIGTERM, None)
            return []
        return list(receive())

    worker._receive = last  # noqa: SLF001
    worker.run()
    return worker


def fail(body: str) -> None:
    if body.startswith("bad"):
        raise ValueError(body)
    if body.startswith("ugly"):
        raise RuntimeError(body)


def test_what_is_done_is_deleted_and_nothing_follows_a_failure_of_its_group(module: Any) -> None:
    sqs = Sqs(
        [received("a"), received("bad"), received("c"), received("d", "h"), received("ugly", "i"), received("e", "i")]
    )
    run(module, sqs, fail)
    assert sqs.said == [("receive", 15, 10), ("delete", "a"), ("delete", "d")]


def test_what_is_not_begun_goes_back_when_it_stops(module: Any) -> None:
    sqs = Sqs([received("a"), received("b"), received("c")])
    workers: list[Any] = []

    def stop(body: str) -> None:
        assert body == "a"
        workers[0].stop(signal.SIGTERM, None)

    worker = module.Worker(module.QUEUES["fulfilment"], sqs, lambda event, _: stop(event["Records"][0]["body"]))
    workers.append(worker)
    worker.run()
    assert sqs.said == [("receive", 15, 10), ("delete", "a"), ("hide", "b", 0), ("hide", "c", 0)]


def test_what_takes_long_stays_hidden_with_all_that_waits_for_it(module: Any) -> None:
    module.HEARTBEAT_S = 0.05
    sqs = Sqs([received("a"), received("b")])
    run(module, sqs, lambda body: time.sleep(0.12 if body == "a" else 0))
    assert ("hide", "a", 90) in sqs.said
    assert ("hide", "b", 90) in sqs.said
    assert sqs.said[-1] == ("delete", "b")


def test_what_takes_too_long_is_given_up(module: Any) -> None:
    module.TIMEOUT_S = 0.1
    sqs = Sqs([received("a"), received("b", "h")])
    run(module, sqs, lambda body: time.sleep(5 if body == "a" else 0))
    assert sqs.said[1:] == [("delete", "b")]


def test_a_queue_that_does_not_answer_is_asked_again(module: Any) -> None:
    refusal = ClientError({"Error": {"Code": "ThrottlingException"}}, "ReceiveMessage")
    sqs = Sqs(refusal, [received("a")])
    run(module, sqs, fail)
    assert [each[0] for each in sqs.said] == ["receive", "receive", "delete"]


def test_the_folder_has_an_image_and_a_file_to_begin_with(tmp_path: Path) -> None:
    pool = (
        "  packers:\n    type: service\n    from: intake\n    image: packers:1.4\n    stop_timeout: 2m\n"
        "    vpc: {subnets: [subnet-0123456789abcdef0], security_groups: [sg-0123456789abcdef0]}\n"
    )
    path = save(CLEAN[: CLEAN.index("  worker:")] + pool, tmp_path / "topology.yaml")
    topology = check(path).topology
    assert topology is not None
    made = compile_topology(path, topology)
    assert made.created_once == {}
    files = made.files
    assert 'CMD ["python", "worker.py"]' in files["services/packers/Dockerfile"]
    assert "NotImplementedError" in files["services/packers/packers_logic.py"]
    assert "visibility_s=180" in files["services/packers/worker.py"]
    assert "STOP_S = 120\nWAIT_S = 20\n" in files["services/packers/worker.py"]
    own = save("def handle_order_placed(message): ...\n", tmp_path / "src" / "packers_logic.py")
    assert compile_topology(path, topology).files["services/packers/packers_logic.py"] == own.read_text()


WORK = """
import os, time
def handle_order_placed(message, *, idempotency_key):
    with open("log", "a") as log:
        log.write(f"begun {message.order_id}\\n")
    time.sleep(1.5 if message.order_id.startswith("slow") else 0)
    if message.order_id.startswith("deadly"):
        os._exit(9)
    with open("log", "a") as log:
        log.write(f"done {message.order_id}\\n")
"""


@pytest.mark.slow
@pytest.mark.embedded
def test_a_pool_empties_its_queue_and_ends_what_it_has_begun(tmp_path: Path) -> None:
    folder = tmp_path / "services" / "fulfil"
    made = emit_worker(POOLED, [QUEUE._replace(size=1, fifo=False)], 8)
    for path, text in {**made.files, "services/fulfil/fulfil_logic.py": WORK}.items():
        save(text, tmp_path / path)
    log = folder / "log"
    log.touch()
    with EmbeddedAws(authorize=False) as aws:

        def queue(name: str, **attributes: str) -> str:
            return str(aws.call("sqs", "create_queue", QueueName=name, Attributes=attributes)["QueueUrl"])

        def left(url: str) -> int:
            names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
            found = aws.call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=names)["Attributes"]
            return sum(int(found[name]) for name in names)

        dead = queue("dead")
        arn = "arn:aws:sqs:eu-central-1:000000000000:dead"
        url = queue(
            "q", VisibilityTimeout="3", RedrivePolicy=json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 2})
        )

        def send(order: str) -> None:
            body = json.dumps({"order_id": order, "items": [{"sku": order}]})
            aws.call("sqs", "send_message", QueueUrl=url, MessageBody=body)

        def until(holds: Callable[[], bool]) -> None:
            for _ in range(200):
                if holds():
                    return
                time.sleep(0.1)
            raise TimeoutError(log.read_text())

        for at in range(6):
            send(f"m{at}")
        send("deadly")
        aws.call("sqs", "send_message", QueueUrl=url, MessageBody="{")
        variables = {
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL": aws.endpoint,
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "PENSTOCK_SOURCE_FULFILMENT": url,
            "PENSTOCK_HEARTBEAT": "1",
        }
        pool = subprocess.Popen([sys.executable, "worker.py"], cwd=folder, env=variables, stdout=subprocess.DEVNULL)
        try:
            until(lambda: left(dead) == 2 and left(url) == 0)
            assert sorted(line for line in log.read_text().splitlines() if line.startswith("done")) == [
                f"done m{at}" for at in range(6)
            ]
            send("slow")
            until(lambda: "begun slow" in log.read_text())
            pool.terminate()
            assert pool.wait(timeout=15) == 0
        finally:
            pool.kill()
            pool.wait(timeout=5)
        assert log.read_text().count("begun slow") == log.read_text().count("done slow") == 1
        assert left(url) == 0
