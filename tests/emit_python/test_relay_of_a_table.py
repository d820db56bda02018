"""The generated relay of a table on a DynamoDB with streams, ended before each of its calls: what was committed is told, in order."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from penstock.dev.embedded import EmbeddedAws
from penstock.emit.python import emit_function, emit_relay
from penstock.emit.relays import relay_stubs
from penstock.emit.stubs import function_stubs
from tests.emit_python.generated import laid
from tests.topologies import complete, topology_of

pytestmark = [pytest.mark.embedded, pytest.mark.slow]
KILLING = Path(__file__).with_name("killing.py")
KILLED = 9
TOPOLOGY = """
messages:
  Counted: {schema: {type: object, required: [key, number], properties: {key: {type: string}, number: {type: integer}}}, key: key}
producers:
  relay: {type: outbox, store: rows, publishes: {message: Counted, to: told}, sweep: {after: 1m}}
streams:
  told: {}
consumers:
  writer: {publishes: {message: Counted, to: rows}, effects: [business]}
stores:
  business: {type: dynamodb, key: id}
  rows:
    type: dynamodb
    key: aggregate
    sort_key: row_id
    stream: new-image
    ttl_attribute: expires_at
    indexes: {unsent: {key: unsent, sort_key: row_id}}
"""
WRITER = """
import json, sys
sys.path.insert(0, ".")
import boto3
from messages import Counted
from outbox import commit, enqueue_counted

dynamodb = boto3.client("dynamodb")
for key, number, fails in json.load(sys.stdin):
    item = {"id": {"S": f"{key}/{number}"}}
    write = {"Put": {"TableName": "business", "Item": item}}
    if fails:
        write["Put"]["ConditionExpression"] = "attribute_exists(id)"
    try:
        commit(write, enqueue_counted(Counted(key=key, number=number)))
    except dynamodb.exceptions.TransactionCanceledException:
        assert fails
"""


@dataclass
class Place:
    """The outbox, its relay's folder and its writer's, and how far the streams were read."""

    aws: EmbeddedAws
    relay: Path
    writer: Path
    positions: dict[str, str] = field(default_factory=dict)

    def variables(self) -> Mapping[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "AWS_DEFAULT_REGION": self.aws.region,
            "AWS_ENDPOINT_URL": self.aws.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "PENSTOCK_STORE_ROWS": "rows",
            "PENSTOCK_STREAM_TOLD": self.aws.call("kinesis", "describe_stream", StreamName="told")["StreamDescription"][
                "StreamARN"
            ],
        }

    def write(self, *rows: tuple[str, int, bool]) -> None:
        """Commit rows in their order, or have them rolled back."""
        done = run(["-c", WRITER], self.writer, self.variables(), list(rows))
        assert done.returncode == 0, done.stderr

    def run(self, event: object, kill: int | None = None) -> tuple[int, dict[str, Any]]:
        """The relay with an event; how it ended, and what it said."""
        done = run([str(KILLING)], self.relay, self.variables(), {"event": event, "kill": kill})
        assert done.returncode in {0, KILLED}, done.stderr
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"answer"')]
        return done.returncode, lines[0] if lines else {}

    def changes(self) -> dict[str, Any]:
        """What the table's stream shows since the last look, as Lambda hands it over: insertions alone."""
        arn = self.aws.call("dynamodb", "describe_table", TableName="rows")["Table"]["LatestStreamArn"]
        found = []
        for shard in self.aws.call("dynamodbstreams", "describe_stream", StreamArn=arn)["StreamDescription"]["Shards"]:
            after = self.positions.get(shard["ShardId"])
            start = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": after} if after else {}
            asked = {"ShardIteratorType": "TRIM_HORIZON", **start, "StreamArn": arn, "ShardId": shard["ShardId"]}
            iterator = self.aws.call("dynamodbstreams", "get_shard_iterator", **asked)["ShardIterator"]
            records = self.aws.call("dynamodbstreams", "get_records", ShardIterator=iterator)["Records"]
            if records:
                self.positions[shard["ShardId"]] = records[-1]["dynamodb"]["SequenceNumber"]
            found += [record for record in records if record["eventName"] == "INSERT"]
        return {"Records": json.loads(json.dumps(found, default=str))}

    def told(self) -> list[dict[str, Any]]:
        """What the channel got, in its order."""
        (shard,) = self.aws.call("kinesis", "describe_stream", StreamName="told")["StreamDescription"]["Shards"]
        asked = {"StreamName": "told", "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = self.aws.call("kinesis", "get_shard_iterator", **asked)["ShardIterator"]
        records = self.aws.call("kinesis", "get_records", ShardIterator=iterator, Limit=10_000)["Records"]
        return [json.loads(data(record["Data"])) for record in records]


def data(given: bytes) -> bytes:
    return given if given.startswith(b"{") else base64.b64decode(given)


def run(arguments: list[str], folder: Path, variables: Mapping[str, str], said: object) -> Any:  # noqa: ANN401
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=variables,
        input=json.dumps(said),
        text=True,
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("relay")
    topology = topology_of(complete(TOPOLOGY))
    (relay,) = relay_stubs(topology)
    (writer,) = function_stubs(topology)
    for made in (emit_relay(relay), emit_function(writer)):
        laid(made, folder)
    with EmbeddedAws(authorize=False) as aws:
        aws.call("kinesis", "create_stream", StreamName="told", ShardCount=1)
        keyed = {"BillingMode": "PAY_PER_REQUEST"}
        attribute = {"AttributeName": "id", "KeyType": "HASH"}
        aws.call(
            "dynamodb",
            "create_table",
            TableName="business",
            KeySchema=[attribute],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            **keyed,
        )
        aws.call(
            "dynamodb",
            "create_table",
            TableName="rows",
            KeySchema=keys("aggregate", "row_id"),
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("aggregate", "row_id", "unsent")
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "unsent",
                    "KeySchema": keys("unsent", "row_id"),
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            **keyed,
        )
        yield Place(aws, folder / "functions/relay", folder / "functions/writer")


def keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def test_ended_before_each_of_its_calls_it_tells_all_that_was_committed_and_nothing_else(place: Place) -> None:
    committed: list[tuple[str, int]] = []
    rolled_back: list[tuple[str, int]] = []
    kill, ended = 0, KILLED
    place.changes()  # what other tests left behind
    before = len(place.told())
    while ended == KILLED:
        kill += 1
        number = 10 * kill
        rows = [("a", number, False), ("b", number, False), ("a", number + 1, True), ("a", number + 2, False)]
        place.write(*rows)
        committed += [(key, each) for key, each, fails in rows if not fails]
        rolled_back += [(key, each) for key, each, fails in rows if fails]
        event = place.changes()
        assert len(event["Records"]) == 3
        ended, _ = place.run(event, kill)
        if ended == KILLED:  # Lambda hands over again what nobody answered for
            assert place.run(event) == (0, {"answer": {"batchItemFailures": []}, "calls": kill_free(kill)})
    assert kill == 3 * 3 + 2  # each row is looked up, sent and marked; and once before the answer, and once not at all
    told = place.told()[before:]
    firsts = list(dict.fromkeys((each["data"]["key"], each["data"]["number"]) for each in told))
    assert sorted(firsts) == sorted(committed)
    assert not set(firsts) & set(rolled_back)
    for key in ("a", "b"):
        assert [number for name, number in firsts if name == key] == [each for name, each in committed if name == key]
    by_row = {(each["row"], each["data"]["key"], each["data"]["number"]) for each in told}
    assert len(by_row) == len({row for row, *_ in by_row}) == len(committed)
    assert len(told) == len(committed) + 3  # killed between sending and marking, each of the three rows once


def kill_free(kill: int) -> int:
    """How many calls the second run needs: a row that was marked is looked up and left."""
    marked = (kill - 1) // 3
    return marked + 3 * (3 - marked) + 1


def test_what_the_stream_never_showed_is_swept_and_told_once(place: Place) -> None:
    before = len(place.told())
    place.write(("c", 1, False), ("c", 2, False))
    event = place.changes()
    age(place, 3_600)
    ended, said = place.run({"sweep": True})
    assert (ended, said["answer"]) == (0, {"sent": 2, "failed": 0})
    assert [each["data"]["number"] for each in place.told()[before:]] == [1, 2]
    assert place.run({"sweep": True})[1]["answer"] == {"sent": 0, "failed": 0}
    place.run(event)  # the stream remembers the rows as they were: these are gone
    assert len(place.told()) == before + 2


def age(place: Place, seconds: int) -> None:
    """Make what is not sent older: its id begins with the time."""
    for item in place.aws.call("dynamodb", "scan", TableName="rows")["Items"]:
        if "unsent" in item:
            row = item["row_id"]["S"]
            key = {name: item[name] for name in ("aggregate", "row_id")}
            place.aws.call("dynamodb", "delete_item", TableName="rows", Key=key)
            written, _, rest = row.partition("-")
            older = {**item, "row_id": {"S": f"{int(written) - seconds * 1_000_000:020d}-{rest}"}}
            place.aws.call("dynamodb", "put_item", TableName="rows", Item=older)
