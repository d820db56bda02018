"""A row of an outbox that is sent to a queue and to a stream; `test_inventory.py` has a topic and a bus."""

from collections.abc import Iterator

import pytest

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.system import System, compiled, until

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = System.of(aws, compiled("outboxes", tmp_path_factory.mktemp("outboxes") / "out"), visibility=None)
    system.send("OrderPlaced", {"order_id": "1"})
    until(lambda: len(system.passed("1")) == 3, "not everybody has seen the order")
    system.settle()
    yield system
    assert aws.denials() == ()


def test_a_row_gets_to_a_queue_and_to_a_stream(system: System) -> None:
    assert system.passed("1") == [
        "intake > take: handled OrderPlaced 1",
        "log > read-stream: handled OrderTaken 1",
        "taken > read-queue: handled OrderTaken 1",
    ]
    (row,) = system.items("rows")
    assert "unsent" not in row
    assert system.lying() == {}
