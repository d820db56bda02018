"""The saga of the example `travel-booking` as it is deployed, on moto's interpreter, with a ledger of every effect."""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from penstock.hops.lowering import lower
from tests.asl.interpreter import Interpreter, Refused, deployed, interpreter
from tests.topologies import example

pytestmark = pytest.mark.slow
TRIP = {"trip_id": "t1", "price": 900, "car": True, "card": "c1"}
DEAR = {**TRIP, "price": 9_000}
BOOKED = {"BookFlight", "BookHotel", "BookCar"}
CANCELLED = {"CancelFlight", "CancelHotel", "CancelCar"}


@pytest.fixture(autouse=True)
def _silent() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@dataclass
class Partners:
    """The functions of the example, of which some refuse; `effects` are the calls that worked, with their keys, each once."""

    refusing: Mapping[str, str] = field(default_factory=dict)
    effects: dict[tuple[str, str], None] = field(default_factory=dict)

    def functions(self) -> dict[str, Callable[[dict[str, Any]], object]]:
        names = (*BOOKED, *CANCELLED, "Charge", "Refund", "IssueTickets")
        return {f"{name}Function": self._function(name) for name in names}

    def _function(self, name: str) -> Callable[[dict[str, Any]], object]:
        def work(payload: dict[str, Any]) -> object:
            if name in self.refusing:
                raise Refused(self.refusing[name], "it will not")
            self.effects[name, payload["idempotency_key"]] = None
            return {"id": name}

        return work

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.effects]


@pytest.fixture(scope="module")
def definition() -> dict[str, Any]:
    return deployed(lower(example("travel-booking")).resources["BookTripSaga"].properties)


def told(moto: Interpreter) -> list[str]:
    """The messages that were sent, in their order."""
    found = []
    for sent in moto.sent:
        found += [entry["DetailType"] for entry in sent.get("Entries", ())]
        if "MessageAttributes" in sent:
            found.append(sent["MessageAttributes"]["message"]["StringValue"])
    return found


def test_a_trip_is_booked_once_however_often_it_is_asked_for(definition: dict[str, Any]) -> None:
    partners = Partners()
    with interpreter(partners.functions()) as moto:
        made = moto.create(definition)
        ended = moto.run(made, TRIP, "t1")
        with pytest.raises(moto.client.exceptions.ExecutionAlreadyExists):
            moto.start(made, {**TRIP, "again": True}, "t1")
    assert ended["status"] == "SUCCEEDED"
    assert set(partners.names[:3]) == BOOKED
    assert partners.names[3:] == ["Charge", "IssueTickets"]
    assert told(moto) == ["TripBooked"]
    assert json.loads(moto.sent[0]["Entries"][0]["Detail"]) == {"trip_id": "t1", "payment": "Charge"}


def test_a_car_that_nobody_wants_is_neither_booked_nor_cancelled(definition: dict[str, Any]) -> None:
    partners = Partners({"Charge": "CardDeclined"})
    with interpreter(partners.functions()) as moto:
        ended = moto.run(moto.create(definition), {**TRIP, "car": False})
    assert ended["error"] == "CardDeclined"
    assert not {"BookCar", "CancelCar"} & set(partners.names)
    assert told(moto) == ["TripRejected"]


@pytest.mark.parametrize("failing", ["BookFlight", "BookHotel", "BookCar", "Charge"])
def test_what_started_is_undone_and_the_payment_first(definition: dict[str, Any], failing: str) -> None:
    partners = Partners({failing: "NotToday"})
    with interpreter(partners.functions()) as moto:
        ended = moto.run(moto.create(definition), TRIP)
    assert (ended["status"], ended["error"]) == ("FAILED", "NotToday")
    undone = [name for name in partners.names if name.startswith(("Cancel", "Refund"))]
    assert set(undone) == CANCELLED | ({"Refund"} if failing == "Charge" else set())
    assert undone[0] == "Refund" or failing != "Charge"
    assert "IssueTickets" not in partners.names
    assert told(moto) == ["TripRejected"]
    keys = dict(partners.effects.keys())
    assert keys["CancelFlight"] == "one/flight/undo"


def test_behind_the_payment_nothing_is_undone_and_somebody_is_told(definition: dict[str, Any]) -> None:
    partners = Partners({"IssueTickets": "PrinterGone"})
    with interpreter(partners.functions()) as moto:
        ended = moto.run(moto.create(definition), TRIP)
    assert ended["status"] == "FAILED"
    assert set(partners.names) == BOOKED | {"Charge"}
    assert told(moto) == ["RepairWanted"]


def test_what_cannot_be_cancelled_is_named_and_the_rest_is_cancelled(definition: dict[str, Any]) -> None:
    partners = Partners({"Charge": "CardDeclined", "CancelHotel": "Closed"})
    with interpreter(partners.functions()) as moto:
        ended = moto.run(moto.create(definition), TRIP)
    assert ended["error"] == "CompensationFailed"
    assert {"CancelFlight", "CancelCar", "Refund"} <= set(partners.names)
    assert set(told(moto)) == {"RepairWanted", "TripRejected"}
    (repair,) = (json.loads(sent["MessageBody"]) for sent in moto.sent if "MessageBody" in sent)
    assert [each["step"] for each in repair["left"]] == ["hotel"]


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_what_is_dear_waits_for_an_answer(definition: dict[str, Any], answer: str) -> None:
    partners = Partners()
    with interpreter(partners.functions()) as moto:
        execution = moto.start(moto.create(definition), DEAR, "one")
        token = moto.asked()
        assert set(partners.names) == BOOKED
        if answer == "yes":
            moto.client.send_task_success(taskToken=token, output='{"by": "Ada"}')
        else:
            moto.client.send_task_failure(taskToken=token, error="TooDear", cause="no")
        ended = moto.ended(execution)
    if answer == "yes":
        assert partners.names[3:] == ["Charge", "IssueTickets"]
        assert told(moto) == ["ApprovalWanted", "TripBooked"]
    else:
        assert (ended["error"], set(partners.names[3:])) == ("TooDear", CANCELLED)
        assert told(moto) == ["ApprovalWanted", "TripRejected"]
