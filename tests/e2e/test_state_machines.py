"""A state machine that was written elsewhere, on the embedded AWS: it calls what its definition names of the topology."""

import json
from collections.abc import Iterator

import pytest

from penstock.dev.embedded import EmbeddedAws
from tests.e2e.system import System, compiled, until

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    given = compiled("../../examples/travel-booking", tmp_path_factory.mktemp("travel") / "out")
    yield System.of(aws, given)
    assert aws.denials() == ()


def test_a_message_starts_it_and_its_task_has_the_address_of_the_function(system: System) -> None:
    detail = json.dumps({"trip_id": "t1", "reason": "CardDeclined"})
    entry = {
        "EventBusName": system.stack.physical("TravelBus"),
        "Source": "travel-booking",
        "DetailType": "TripRejected",
        "Detail": detail,
    }
    system.aws.call("events", "put_events", Entries=[entry])
    until(lambda: bool(closed(system)), "the case is not closed")
    assert closed(system) == [("t1", "CardDeclined")]


def closed(system: System) -> list[tuple[str, str]]:
    return [(item["trip_id"], item["reason"]) for item in system.items("tickets") if "closed" in item]
