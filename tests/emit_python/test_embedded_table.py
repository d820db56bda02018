"""The generated handler with a real DynamoDB API behind its idempotency."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from tests.emit_python.generated import batch, invoke, record, write
from tests.emit_python.samples import CONSUMER, LOGIC

pytestmark = [pytest.mark.embedded, pytest.mark.slow]
ORDER = {"order_id": "a", "items": [{"sku": "x"}]}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {**os.environ, "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port)}
    aws = subprocess.Popen(
        [sys.executable, "-m", "ministack"], env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/_ministack/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        aws.terminate()
        aws.wait(timeout=10)


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310 - on loopback
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


def test_a_message_has_its_effect_once_however_often_it_comes(endpoint: str, tmp_path: Path) -> None:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    dynamodb = boto3.client("dynamodb", endpoint_url=endpoint, region_name="eu-central-1", **keys)
    dynamodb.create_table(
        TableName="once",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    folder = write(CONSUMER, tmp_path, LOGIC)
    variables = {"PENSTOCK_STORE_IDEMPOTENCY": "once", "AWS_ENDPOINT_URL": endpoint}
    broken = {**ORDER, "order_id": "broken"}
    events = [
        batch(record(ORDER, "1"), record(ORDER, "2"), record({**ORDER, "order_id": "b"}, "3"), record({}, "4")),
        batch(record(ORDER, "5"), record(broken, "6")),
    ]
    first = invoke(folder, events, variables)
    second = invoke(folder, events[1:], variables)
    assert [answer["batchItemFailures"] for answer in first.answers + second.answers] == [
        [{"itemIdentifier": "4"}],
        [{"itemIdentifier": "6"}],
        [{"itemIdentifier": "6"}],
    ]
    assert first.effects == [["a"], ["b"]]
    assert second.effects == []
    outcomes = [line["outcome"] for line in first.records + second.records]
    assert outcomes == ["handled", "duplicate", "handled", "failed", *["duplicate", "failed"] * 2]
    items = dynamodb.scan(TableName="once")["Items"]
    assert len(items) == 2
    assert all(int(item["expires_at"]["N"]) > time.time() + 14 * 86_400 for item in items)
