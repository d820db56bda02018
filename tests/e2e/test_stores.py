"""Stores of every type behind a function, and a pool of workers: what is written where, and what the stack makes of the pool.

The embedded AWS has no Docker to run containers with, so the tasks of the pool never start and its queue keeps what is sent. What can be
seen is that the stack deploys, and the service that it describes. Nor has it a database: of a store of type `postgres` the secret is read.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.system import System, compiled, until

pytestmark = pytest.mark.embedded

SENT = (("o-1", "ann", "mon"), ("o-2", "ann", "tue"), ("o-3", "bob", "tue"))


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Orders that have been written down, one after another."""
    secret = json.dumps({"host": "db.shop.example"})
    aws.call("secretsmanager", "create_secret", Name="shop/accounts", SecretString=secret)
    system = System.of(aws, compiled("stores", tmp_path_factory.mktemp("stores") / "out"), visibility=None)
    for order, customer, day in SENT:
        system.send("OrderPlaced", {"id": order, "customer": customer, "day": day})
        system.settle()
    yield system
    assert aws.denials() == ()


def described(system: System, service: str, action: str, **arguments: object) -> Any:  # noqa: ANN401 - an answer of AWS
    return system.aws.call(service, action, **arguments)


def test_the_function_writes_into_the_table(system: System) -> None:
    written = sorted((item["id"], item["customer"], item["day"]) for item in system.items("ledger") if "day" in item)
    assert written == list(SENT)


def test_the_function_finds_by_the_index_and_writes_into_the_bucket_with_what_the_secret_says(system: System) -> None:
    bucket = system.stack.physical("PapersBucket")
    papers = {
        order: json.loads(described(system, "s3", "get_object", Bucket=bucket, Key=order)["Body"].read())
        for order, _, _ in SENT
    }
    assert papers == {
        "o-1": {"orders": ["o-1"], "host": "db.shop.example"},
        "o-2": {"orders": ["o-1", "o-2"], "host": "db.shop.example"},
        "o-3": {"orders": ["o-3"], "host": "db.shop.example"},
    }


def test_what_the_bucket_tells_comes_to_the_function_and_less_of_it_over_the_queue(system: System) -> None:
    system.settle()

    def read_by_all() -> set[tuple[str, str]]:
        return {(item["id"], item["customer"]) for item in system.items("ledger") if "day" not in item}

    until(lambda: len(read_by_all()) >= 8, "what the bucket told has not come")  # the emulator invokes in its own time
    read = read_by_all()
    assert {id_ for id_, by in read if by == "reader"} == {"read o-1", "read o-2", "read o-3"}
    assert {id_ for id_, by in read if by == "archivist"} == {"filed o-1", "filed o-3"}
    assert {id_ for id_, by in read if by == "clerk"} == {"passed o-1", "passed o-2", "passed o-3"}


def test_the_indexes_have_what_was_asked_for(system: System) -> None:
    table = described(system, "dynamodb", "describe_table", TableName=system.stack.physical("LedgerTable"))["Table"]
    indexes = {one["IndexName"]: one["Projection"]["ProjectionType"] for one in table["GlobalSecondaryIndexes"]}
    assert indexes == {"by-customer": "ALL", "by-day": "KEYS_ONLY"}


def test_the_bucket_is_closed_and_keeps_versions(system: System) -> None:
    bucket = system.stack.physical("PapersBucket")
    assert described(system, "s3", "get_bucket_versioning", Bucket=bucket)["Status"] == "Enabled"
    block = described(system, "s3", "get_public_access_block", Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert all(block.values())


def test_the_pool_is_there_with_its_task(system: System) -> None:
    cluster = system.stack.physical("ServiceCluster")
    name = system.stack.physical("PackersService")
    (service,) = described(system, "ecs", "describe_services", cluster=cluster, services=[name])["services"]
    assert service["status"] == "ACTIVE"
    task = described(system, "ecs", "describe_task_definition", taskDefinition=service["taskDefinition"])[
        "taskDefinition"
    ]
    (container,) = task["containerDefinitions"]
    assert container["image"] == "packers:1.4"
    told = {one["name"]: one["value"] for one in container["environment"]}
    assert told["PENSTOCK_SOURCE_PARCELS"] == system.queue("parcels")
    assert told["PENSTOCK_STORE_PAPERS"] == system.stack.physical("PapersBucket")
    assert told["PENSTOCK_STORE_ACCOUNTS"] == "shop/accounts"
