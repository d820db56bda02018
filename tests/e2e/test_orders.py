"""The example `orders-outbox` on the embedded AWS, beside a real PostgreSQL: what is ordered is told, once and in order.

The emulator's Scheduler does not run rates, so the clock's event is sent by hand.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.system import System, compiled
from tests.postgres import connect, postgres

pytestmark = pytest.mark.embedded

CUSTOMERS = ("ada", "bob", "eve")
ORDERS: list[dict[str, Any]] = [
    {"order_id": f"{customer}-{number}", "customer": customer, "total": 10 + number}
    for number in range(3)
    for customer in CUSTOMERS
]


@pytest.fixture(scope="module")
def secret() -> Iterator[dict[str, Any]]:
    with postgres() as found:
        yield found


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, secret: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Orders of all customers in turn, the last of each sent twice; then the clock strikes."""
    given = compiled("../../examples/orders-outbox", tmp_path_factory.mktemp("orders") / "out")
    with connect(secret) as connection:
        connection.execute(
            "CREATE TABLE orders (order_id text PRIMARY KEY, customer text NOT NULL, total integer NOT NULL)"
        )
        for script in sorted(given.folder.glob("functions/*/*.sql")):
            connection.execute(script.read_text(encoding="utf-8"))
    aws.call("secretsmanager", "create_secret", Name="orders-db-credentials", SecretString=json.dumps(secret))
    system = System.of(aws, given, visibility=None)
    for order in (*ORDERS, *ORDERS[-len(CUSTOMERS) :]):
        system.send("OrderPlaced", order)
    system.settle()
    assert strike(system) == {"sent": len(ORDERS), "failed": 0}
    system.settle()
    yield system
    assert aws.denials() == ()


def strike(system: System) -> dict[str, int]:
    """What the relay says that the clock starts. It looks for rows until ten seconds before its timeout: here for two."""
    name = system.stack.physical("OrderOutboxFunction")
    system.aws.call("lambda", "update_function_configuration", FunctionName=name, Timeout=12)
    answer = system.aws.call("lambda", "invoke", FunctionName=name, Payload=json.dumps({"sweep": True}).encode())
    found: dict[str, int] = json.loads(answer["Payload"].read())
    return found


def test_every_order_is_packed_once_and_in_the_order_of_its_customer(system: System) -> None:
    packed = {item["customer"]: item["packed"] for item in system.items("parcels")}
    assert packed == {customer: [f"{customer}-{number}" for number in range(3)] for customer in CUSTOMERS}


def test_every_order_has_one_row_and_all_are_sent(system: System, secret: dict[str, Any]) -> None:
    with connect(secret) as connection:
        orders = connection.execute("SELECT order_id FROM orders ORDER BY order_id").fetchall()
        rows = connection.execute(
            "SELECT payload::jsonb ->> 'order_id', sent_at IS NOT NULL FROM order_outbox_rows ORDER BY 1"
        ).fetchall()
    assert [order for (order,) in orders] == sorted(order["order_id"] for order in ORDERS)
    assert rows == [(order, True) for (order,) in orders]
    assert strike(system) == {"sent": 0, "failed": 0}


def test_nothing_is_given_up(system: System) -> None:
    assert system.lying() == {}
