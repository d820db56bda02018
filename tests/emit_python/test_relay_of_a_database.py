"""The generated relay of a database on a real PostgreSQL, ended before each of its statements and calls.

What was committed is told, in order, and nothing else.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from penstock.dev.embedded import EmbeddedAws
from penstock.emit.python import emit_function, emit_relay
from penstock.emit.relays import relay_stubs
from penstock.emit.stubs import function_stubs
from tests.emit_python.generated import laid
from tests.postgres import connect, postgres
from tests.topologies import complete, topology_of

pytestmark = [pytest.mark.embedded, pytest.mark.slow]
KILLING = Path(__file__).with_name("killing.py")
KILLED = 9
TOPOLOGY = """
messages:
  Counted: {schema: {type: object, required: [key, number], properties: {key: {type: string}, number: {type: integer}}}, key: key}
producers:
  relay:
    type: outbox
    store: accounts
    publishes: {message: Counted, to: told}
    poll: 100ms
    batch: {size: 10}
    keep: 1m
    layers: ["arn:aws:lambda:eu-central-1:111122223333:layer:psycopg:3"]
streams:
  told: {}
consumers:
  writer: {publishes: {message: Counted, to: accounts}, effects: [accounts]}
stores:
  accounts: {type: postgres, secret: accounts-credentials}
"""
WRITER = """
import json, sys
sys.path.insert(0, ".")
import psycopg
from messages import Counted
from outbox import enqueue_counted

told = json.load(sys.stdin)
with psycopg.connect(**told["connection"]) as connection:
    for key, number, fails in told["rows"]:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO business (key, number) VALUES (%s, %s)", (key, number))
            enqueue_counted(cursor, Counted(key=key, number=number))
        connection.rollback() if fails else connection.commit()
"""


@dataclass
class Place:
    """The database, the relay's folder and the writer's."""

    aws: EmbeddedAws
    secret: dict[str, Any]
    relay: Path
    writer: Path

    def write(self, *rows: tuple[str, int, bool]) -> None:
        """Commit rows in their order, or have them rolled back."""
        names = {"host": "host", "port": "port", "user": "username", "password": "password", "dbname": "dbname"}
        said = {"connection": {name: self.secret[key] for name, key in names.items()}, "rows": rows}
        done = self._python(["-c", WRITER], self.writer, said)
        assert done.returncode == 0, done.stderr

    def start(self, kill: int | None = None, remaining_ms: int = 10_500) -> "subprocess.Popen[str]":
        """A relay, which has so much time; ten seconds of it are its margin."""
        running = subprocess.Popen(
            [sys.executable, str(KILLING)],
            cwd=self.relay,
            env=self._variables(),
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert running.stdin is not None
        running.stdin.write(json.dumps({"event": {"sweep": True}, "kill": kill, "remaining_ms": remaining_ms}))
        running.stdin.close()
        running.stdin = None
        return running

    def run(self, kill: int | None = None) -> tuple[int, dict[str, Any]]:
        """A relay to its end; how it ended, and what it said."""
        return ended(self.start(kill))

    def _python(self, arguments: list[str], folder: Path, said: object) -> Any:  # noqa: ANN401
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env=self._variables(),
            input=json.dumps(said),
            text=True,
            capture_output=True,
            check=False,
            timeout=60,
        )

    def _variables(self) -> dict[str, str]:
        stream = self.aws.call("kinesis", "describe_stream", StreamName="told")["StreamDescription"]
        return {
            "PATH": os.environ["PATH"],
            "AWS_DEFAULT_REGION": self.aws.region,
            "AWS_ENDPOINT_URL": self.aws.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "PENSTOCK_STORE_ACCOUNTS": "accounts-credentials",
            "PENSTOCK_STREAM_TOLD": stream["StreamARN"],
        }

    def told(self) -> list[dict[str, Any]]:
        """What the channel got, in its order."""
        (shard,) = self.aws.call("kinesis", "describe_stream", StreamName="told")["StreamDescription"]["Shards"]
        asked = {"StreamName": "told", "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = self.aws.call("kinesis", "get_shard_iterator", **asked)["ShardIterator"]
        records = self.aws.call("kinesis", "get_records", ShardIterator=iterator, Limit=10_000)["Records"]
        return [json.loads(record["Data"]) for record in records]

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """What the database answers."""
        with connect(self.secret) as connection:
            found = connection.execute(statement)
            return list(found.fetchall()) if found.description else []


def ended(running: "subprocess.Popen[str]") -> tuple[int, dict[str, Any]]:
    out, err = running.communicate(timeout=60)
    assert running.returncode in {0, KILLED}, err
    lines = [json.loads(line) for line in out.splitlines() if line.startswith('{"answer"')]
    return running.returncode, lines[0] if lines else {}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("relay")
    topology = topology_of(complete(TOPOLOGY))
    (relay,) = relay_stubs(topology)
    (writer,) = function_stubs(topology)
    for made in (emit_relay(relay), emit_function(writer)):
        laid(made, folder)
    with postgres() as secret, EmbeddedAws(authorize=False) as aws:
        aws.call("kinesis", "create_stream", StreamName="told", ShardCount=1)
        aws.call("secretsmanager", "create_secret", Name="accounts-credentials", SecretString=json.dumps(secret))
        made_place = Place(aws, secret, folder / "functions/relay", folder / "functions/writer")
        definition = (made_place.relay / "rows.sql").read_text(encoding="utf-8")
        made_place.ask(definition)
        made_place.ask(definition)  # it may be run again
        made_place.ask("CREATE TABLE business (key text, number integer, PRIMARY KEY (key, number))")
        yield made_place


def numbers(told: list[dict[str, Any]], key: str) -> list[int]:
    """The numbers of a key, each where it was first told."""
    return list(dict.fromkeys(each["data"]["number"] for each in told if each["data"]["key"] == key))


def test_ended_before_each_of_its_statements_it_tells_all_that_was_committed_and_nothing_else(place: Place) -> None:
    before = len(place.ask("SELECT key, number FROM business"))  # what other tests have left
    kill, done = 0, KILLED
    while done == KILLED:
        kill += 1
        number = 10 * kill
        place.write(("a", number, False), ("b", number, False), ("a", number + 1, True), ("a", number + 2, False))
        done, _ = place.run(kill)
    assert (
        kill > 12
    )  # a look at the lag, a clean-up, a claim, the rows, three that are sent, and the mark, each with its commit
    told = place.told()
    committed = place.ask("SELECT key, number FROM business ORDER BY key, number")
    assert len(committed) - before == 3 * kill
    assert sorted({(each["data"]["key"], each["data"]["number"]) for each in told}) == committed
    for key in ("a", "b"):
        assert numbers(told, key) == [number for name, number in committed if name == key]
    rows = {(each["row"], each["data"]["key"], each["data"]["number"]) for each in told}
    assert len(rows) == len({row for row, *_ in rows}) == len(committed)
    assert len(told) > len(committed)  # it was ended between sending and marking, too
    assert place.ask("SELECT count(*) FROM relay_rows WHERE sent_at IS NULL") == [(0,)]


def test_several_relays_at_once_keep_the_order_and_send_nothing_twice(place: Place) -> None:
    before = len(place.told())
    place.write(*((f"k{number % 7}", 1_000 + number, False) for number in range(140)))
    for relay in [place.start(remaining_ms=14_000) for _ in range(3)]:
        assert ended(relay)[0] == 0
    told = place.told()[before:]
    assert len(told) == 140
    for key in range(7):
        assert numbers(told, f"k{key}") == [1_000 + number for number in range(140) if number % 7 == key]


def test_what_fails_holds_back_its_own_key_alone_and_longer_each_time(place: Place) -> None:
    before = len(place.told())
    place.write(("good", 1, False), ("bad", 1, False), ("bad", 2, False), ("good", 2, False))
    place.ask("UPDATE relay_rows SET payload = 'no JSON' WHERE aggregate = 'bad' AND payload LIKE '%:1}'")
    place.run()
    assert [each["data"] for each in place.told()[before:]] == [
        {"key": "good", "number": 1},
        {"key": "good", "number": 2},
    ]
    ((attempts, waits),) = place.ask(
        "SELECT attempts, next_try_at > written_at FROM relay_rows WHERE aggregate = 'bad' AND attempts > 0"
    )
    assert attempts >= 1
    assert waits
    place.ask(
        """UPDATE relay_rows SET next_try_at = now(), payload = '{"key":"bad","number":1}' WHERE payload = 'no JSON'"""
    )
    place.run()
    assert numbers(place.told()[before:], "bad") == [1, 2]


def test_rows_that_were_sent_long_ago_are_deleted(place: Place) -> None:
    place.write(("old", 1, False), ("young", 1, False))
    place.run()
    place.ask("UPDATE relay_rows SET sent_at = sent_at - interval '2 minutes' WHERE aggregate = 'old'")
    place.run()
    ((left,), (kept,)) = (
        *place.ask("SELECT count(*) FROM relay_rows WHERE aggregate = 'old'"),
        *place.ask("SELECT count(*) FROM relay_rows WHERE aggregate = 'young'"),
    )
    assert (left, kept) == (0, 1)


def test_transactions_of_one_key_are_told_in_the_order_in_which_they_are_committed(place: Place) -> None:
    """The second waits for the first from its row on, so it cannot be committed before it."""
    sys.path.insert(0, str(place.writer))
    try:
        from database_rows import insert_row  # type: ignore[import-not-found, unused-ignore]
    finally:
        sys.path.remove(str(place.writer))
        for name in ("database_rows", "senders"):
            sys.modules.pop(name, None)
    insert = "INSERT INTO relay_rows (row_id, aggregate, message, payload) VALUES (%s, %s, %s, %s)"
    with connect(place.secret) as first, connect(place.secret) as second, connect(place.secret) as other:
        insert_row(first.cursor(), insert, "Counted", {}, "late", 100)
        second.execute("SET lock_timeout = '200ms'")
        with pytest.raises(Exception, match="lock timeout"):
            insert_row(second.cursor(), insert, "Counted", {}, "late", 100)
        insert_row(other.cursor(), insert, "Counted", {}, "another", 100)
        for connection in (first, second, other):
            connection.rollback()
