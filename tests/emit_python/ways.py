"""The four ways in which a second copy of a message is harmless, and what each of them stands on, for code in any language."""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any, Protocol

from penstock.dev.embedded import EmbeddedAws
from penstock.emit.python import emit_function
from penstock.emit.python_types import FunctionStub
from penstock.records import NamedTuple
from tests.emit_python.generated import batch, record
from tests.emit_python.samples import CONDITIONAL, CONSUMER, KEYED, UNIQUE
from tests.postgres import connect, postgres

STUBS: dict[str, FunctionStub] = {
    "table": CONSUMER,
    "conditional-write": CONDITIONAL,
    "unique-constraint": UNIQUE,
    "client-key": KEYED,
}
KILLED = 9
KEY: dict[str, Any] = {
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


class Way(NamedTuple):
    """One way: what its code finds in its environment, and how to count what it has done for an order."""

    name: str
    environment: dict[str, str]
    effects: Callable[[str], int]


class Start(Protocol):
    """Starts a process in which a handler is given the events one after the other; `more` is of its environment."""

    def __call__(self, events: list[object], **more: str) -> Popen[str]: ...


@contextmanager
def embedded() -> Iterator[EmbeddedAws]:
    """AWS with a table of effects, and one that remembers keys."""
    with EmbeddedAws(authorize=False) as aws:
        for table in ("effects", "once"):
            aws.call("dynamodb", "create_table", TableName=table, **KEY)
        yield aws


@contextmanager
def way_called(name: str, aws: EmbeddedAws) -> Iterator[Way]:
    """One of the ways, with what it stands on."""
    environment = {
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "PENSTOCK_STORE_IDEMPOTENCY": "once",
    }

    def counted(order: str) -> int:
        item = aws.call("dynamodb", "get_item", TableName="effects", Key={"id": {"S": order}}, ConsistentRead=True)
        return int(item.get("Item", {}).get("n", {"N": "0"})["N"])

    if name == "client-key":
        queue = {"QueueName": "service.fifo", "Attributes": {"FifoQueue": "true"}}
        url = aws.call("sqs", "create_queue", **queue)["QueueUrl"]

        def taken(order: str) -> int:
            shown = aws.call(
                "sqs", "receive_message", QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, WaitTimeSeconds=0
            )
            return sum(message["Body"] == order for message in shown.get("Messages", ()))

        yield Way(name, {**environment, "SERVICE": url}, taken)
    elif name == "unique-constraint":
        with postgres() as secret:
            with connect(secret) as connection:
                connection.execute("CREATE TABLE effects (id text)")
                connection.execute(emit_function(UNIQUE).files["functions/fulfil/done.sql"])

            def written(order: str) -> int:
                with connect(secret) as connection:
                    row = connection.execute("SELECT count(*) FROM effects WHERE id = %s", (order,)).fetchone()
                return int(row[0])

            words = {"user": "username", "password": "password", "host": "host", "port": "port", "dbname": "dbname"}
            database = {f"PG{word.replace('db', '').upper()}": str(secret[key]) for word, key in words.items()}
            # as both libpq and the package pg read them
            database["PGDATABASE"] = database.pop("PGNAME")
            yield Way(name, {**environment, **database}, written)
    else:
        yield Way(name, environment, counted)


def starting(command: Sequence[str], folder: Path, way: Way) -> Start:
    """What starts a driver, which reads events on stdin, in a folder."""

    def start(events: list[object], **more: str) -> Popen[str]:
        (folder / "events.json").write_text(json.dumps(events))
        environment = {"PATH": os.environ["PATH"], **way.environment, **more}
        with (folder / "events.json").open() as given:
            return Popen(command, cwd=folder, env=environment, stdin=given, stdout=PIPE, stderr=PIPE, text=True)

    return start


def outcomes(process: Popen[str]) -> list[str]:
    """What became of each delivery, or `died`."""
    out, err = process.communicate(timeout=60)
    if process.returncode == KILLED:
        return ["died"]
    assert process.returncode == 0, err
    lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    return [str(line["outcome"]) for line in lines if line.get("penstock") == "record"]


def check(way: Way, start: Start, die: Path) -> None:
    """Deliver a message three times one after the other, three times at once, and again after its invocation died.

    Its effect is had once; where a way cannot promise that, this says so. The file ``die`` has the next invocation die
    between its effect and the acknowledgement.
    """

    def event(order: str) -> object:
        return batch(record({"order_id": order, "items": [{"sku": order}]}))

    def outcome(order: str, **more: str) -> str:
        (only,) = outcomes(start([event(order)], **more))
        return only

    a, b, c = (f"{way.name}-{each}" for each in "abc")
    again = "handled" if way.name == "client-key" else "duplicate"  # the service does not say what it ignored
    assert outcomes(start([event(a)] * 3)) == ["handled", again, again]
    assert way.effects(a) == 1
    at_once = [found for each in [start([event(b)]) for _ in range(3)] for found in outcomes(each)]
    assert "handled" in at_once
    assert way.effects(b) == 1
    die.touch()
    assert outcome(c, REMAINING_MS="1500") == "died"
    assert way.effects(c) == 1
    if way.name == "table":  # it does not know that the effect was had
        time.sleep(1.6)
        assert outcome(c) == "handled"
        assert way.effects(c) == 2
    else:
        assert outcome(c) == again
        assert way.effects(c) == 1
