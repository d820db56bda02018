"""The example `inventory-outbox` on the embedded AWS: what is reserved is told, once and in order, also after the stream forgot it.

The emulator's Scheduler does not run rates, so the clock's event is sent by hand; and it does not act on TTL.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.system import System, compiled, until

pytestmark = pytest.mark.embedded

SKUS = ("chair", "lamp", "table")
WANTED = [{"reservation_id": f"{sku}/{number}", "sku": sku, "count": 1 + number} for number in range(4) for sku in SKUS]


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Reservations of all articles in turn, the last of each sent twice."""
    given = compiled("../../examples/inventory-outbox", tmp_path_factory.mktemp("inventory") / "out")
    system = System.of(aws, given, visibility=None)
    for wanted in (*WANTED, *WANTED[-len(SKUS) :]):
        system.send("ReservationWanted", wanted)
        system.settle()
    relayed(system)
    yield system
    assert aws.denials() == ()


def relayed(system: System) -> None:
    """Wait until every row is sent, and what that caused has come to rest."""
    until(lambda: not [item for item in system.items("outbox") if "unsent" in item], "rows are not sent")
    system.settle()


def picked(system: System, sku: str) -> list[str]:
    found: list[str] = next((item["picked"] for item in system.items("picks") if item["sku"] == sku), [])
    return found


def test_every_reservation_is_told_once_and_in_the_order_of_its_article(system: System) -> None:
    for sku in SKUS:
        assert picked(system, sku) == [f"{sku}/{number}" for number in range(4)]
    counted = {item["sku"]: item["reserved"] for item in system.items("counts") if item["sku"] in SKUS}
    assert counted == dict.fromkeys(SKUS, 1 + 2 + 3 + 4)


def test_rows_are_marked_as_sent_and_expire(system: System) -> None:
    rows = [item for item in system.items("outbox") if item["aggregate"] in SKUS]
    assert len(rows) == len(WANTED)
    for row in rows:
        assert time.time() - 600 < row["sent_at"] <= time.time()
        assert row["expires_at"] == row["sent_at"] + 7 * 86_400


def test_nothing_is_given_up(system: System) -> None:
    assert system.lying() == {}


def test_what_the_stream_forgot_is_swept(system: System) -> None:
    """A row whose record is gone, as after an outage of a day: the sweeper alone knows of it, and the stream does not tell it twice."""
    payload = {"reservation_id": "sofa/0", "sku": "sofa", "count": 1}
    with system.paused("movements"):
        late, early = (f"{int((time.time() - ago) * 1_000_000):020d}-{'0' * 32}" for ago in (60, 86_400))
        put(system, early, payload)
        put(system, late, {**payload, "reservation_id": "sofa/1"})
        answer = system.aws.call(
            "lambda",
            "invoke",
            FunctionName=system.stack.physical("MovementsFunction"),
            Payload=json.dumps({"sweep": True}).encode(),
        )
        assert json.loads(answer["Payload"].read()) == {"sent": 1, "failed": 0}
        until(lambda: picked(system, "sofa") == ["sofa/0"], "the swept row is not picked")
    relayed(system)
    until(lambda: picked(system, "sofa") == ["sofa/0", "sofa/1"], "the stream's row is not picked")


def put(system: System, row: str, payload: dict[str, Any]) -> None:
    item = {
        "aggregate": payload["sku"],
        "row_id": row,
        "unsent": "3",
        "message": "StockReserved",
        "payload": json.dumps(payload),
    }
    values = {name: {"S": value} for name, value in item.items()}
    system.aws.call("dynamodb", "put_item", TableName=system.stack.physical("OutboxTable"), Item=values)
