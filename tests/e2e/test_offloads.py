"""Messages larger than any channel takes: kept in a bucket, and whole again where they arrive."""

import json
from collections.abc import Iterator

import pytest

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.system import System, compiled

pytestmark = pytest.mark.embedded

LENGTHS = {"small": 1_000, "large": 400 * 1024}


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A small letter and a large one."""
    system = System.of(aws, compiled("offloads", tmp_path_factory.mktemp("offloads") / "out"), visibility=None)
    for name, length in LENGTHS.items():
        system.send("LetterWanted", {"id": name, "length": length})
    system.settle()
    system.hurry(1)
    yield system
    assert aws.denials() == ()


@pytest.mark.parametrize("reader", ["reader", "copyist", "clerk"])
def test_a_letter_arrives_whole_by_a_queue_a_topic_and_a_bus(system: System, reader: str) -> None:
    read = {item["id"].removeprefix(f"{reader} "): int(item["length"]) for item in system.items("shelf")}
    assert {name: read.get(name) for name in LENGTHS} == LENGTHS


def test_only_the_large_one_lies_in_the_bucket_once_under_its_name(system: System) -> None:
    bucket = system.stack.physical("LettersBucket")
    (found,) = system.aws.call("s3", "list_objects_v2", Bucket=bucket)["Contents"]
    assert found["Key"].startswith("Letter/")
    body = system.aws.call("s3", "get_object", Bucket=bucket, Key=found["Key"])["Body"].read()
    assert len(json.loads(body)["text"]) == LENGTHS["large"]


def test_what_is_larger_than_the_contract_is_refused(system: System) -> None:
    system.send("LetterWanted", {"id": "huge", "length": 1024 * 1024 + 1})
    system.settle()
    assert [payload["id"] for payload, _ in system.lying()["wishes-dlq"]] == ["huge"]


def test_a_pointer_to_anything_else_is_refused(system: System) -> None:
    forged = [{"$offloaded": key} for key in ("Other/0123", "Letter/0123", 7)]
    for body in forged:
        system.aws.call(
            "sqs",
            "send_message",
            QueueUrl=system.queue("letters-written"),
            MessageBody=json.dumps(body),
            MessageAttributes={"message": {"DataType": "String", "StringValue": "Letter"}},
        )
    system.settle()
    refused = [payload for payload, _ in system.lying()["letters-written-dlq"]]
    assert sorted(refused, key=str) == sorted(forged, key=str)
