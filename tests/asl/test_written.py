"""Definitions that were written elsewhere: what is read in them, and that they run as they were written."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from penstock.hops.lowering import lower
from penstock.hops.machines import Addresses, addressed
from penstock.kinds import Saga
from penstock.plan.values import GetAtt, Ref
from tests.asl.interpreter import Function, Interpreter, Refused, deployed, interpreter
from tests.topologies import complete, example, topology_of

MACHINE = """
consumers: {charge: {}, desk: {resumes: sell}}
queues: {asked: {}, ordered: {fifo: {deduplication: content}}}
topics: {told: {}}
buses: {shop: {}}
streams: {clicks: {}}
sagas:
  inner: {type: state-machine, definition: {StartAt: A, TimeoutSeconds: 90, States: {A: {Type: Succeed}}}}
  sell:
    type: state-machine
    definition:
"""
TELLS = "MessageAttributes: {message: {DataType: String, StringValue: OrderPlaced}}"
TASKS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "Resource: charge": ("charge", "does", {"lambda:InvokeFunction": GetAtt("ChargeFunction", "Arn")}),
    'Resource: "arn:aws:states:::lambda:invoke", Parameters: {FunctionName: charge}': (
        *("charge", "does"),
        {"lambda:InvokeFunction": GetAtt("ChargeFunction", "Arn")},
    ),
    'Resource: "arn:aws:states:::aws-sdk:lambda:invoke", Arguments: {FunctionName: "${charge}"}, QueryLanguage: JSONata': (
        *("charge", "does"),
        {"lambda:InvokeFunction": GetAtt("ChargeFunction", "Arn")},
    ),
    'Resource: "arn:aws-cn:states:::lambda:invoke.waitForTaskToken", Parameters: {FunctionName: desk}': (
        *("desk", "asks"),
        {"lambda:InvokeFunction": GetAtt("DeskFunction", "Arn")},
    ),
    f'Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken", Parameters: {{QueueUrl: asked, {TELLS}}}': (
        *("asked", "OrderPlaced"),
        {"sqs:SendMessage": GetAtt("AskedQueue", "Arn")},
    ),
    f'Resource: "arn:aws:states:::sqs:sendMessage", Parameters: {{QueueUrl: ordered, MessageGroupId: a, {TELLS}}}': (
        *("ordered", "OrderPlaced"),
        {"sqs:SendMessage": GetAtt("OrderedQueue", "Arn")},
    ),
    f'Resource: "arn:aws:states:::sns:publish", Parameters: {{TopicArn: told, {TELLS}}}': (
        *("told", "OrderPlaced"),
        {"sns:Publish": Ref("ToldTopic")},
    ),
    'Resource: "arn:aws:states:::events:putEvents", Parameters: {Entries: [{EventBusName: shop, DetailType: order.placed}]}': (
        *("shop", "OrderPlaced"),
        {"events:PutEvents": GetAtt("ShopBus", "Arn")},
    ),
    'Resource: "arn:aws:states:::states:startExecution", Parameters: {StateMachineArn: inner}': (
        *("inner", "launches"),
        {"states:StartExecution": GetAtt("InnerSaga", "Arn")},
    ),
    'Resource: "arn:aws:states:::states:startExecution.sync:2", Parameters: {StateMachineArn: inner}': (
        *("inner", "runs"),
        {"states:StartExecution": GetAtt("InnerSaga", "Arn"), "states:StopExecution": None, "events:PutRule": None},
    ),
}


def machine(task: str) -> str:
    """A topology in which a state machine has one task."""
    text = f"{MACHINE}      {{StartAt: T, States: {{T: {{Type: Task, {task}, End: true}}}}}}\n"
    return complete(text).replace("key: order_id,", "key: order_id, detail_type: order.placed,")


@pytest.mark.parametrize("task", TASKS)
def test_a_task_is_an_edge_and_what_the_role_may_do(task: str) -> None:
    name, word, rights = TASKS[task]
    topology = topology_of(machine(task))
    (edge,) = (one for one in topology.connections if one.source.name == "sell")
    assert (edge.target.name, getattr(edge.settings, "word", getattr(edge.settings, "message", None))) == (name, word)
    role = lower(topology).template()["Resources"]["SellSagaRole"]["Properties"]["Policies"][0]["PolicyDocument"]
    found = {
        action: statement["Resource"]
        for statement in role["Statement"]
        if statement["Sid"] != "DeliverLogs"
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert {action: found[action] for action, address in rights.items() if address} == {
        action: address for action, address in rights.items() if address
    }
    assert rights.keys() <= found.keys() if None in rights.values() else rights.keys() == found.keys()


@pytest.mark.parametrize("task", TASKS)
def test_its_address_is_put_in_where_it_is_named(task: str) -> None:
    properties = lower(topology_of(machine(task))).resources["SellSaga"].properties
    (mark,) = properties["DefinitionSubstitutions"]
    assert properties["DefinitionString"].count(f'"${{{mark}}}"') == 1
    assert properties["Definition"] is None


def test_a_name_anywhere_becomes_an_address_and_the_rest_stays_as_it_is() -> None:
    said = "{StartAt: P, States: {P: {Type: Pass, ResultPath: null, Result: {to: '${clicks}', of: 'a ${told}'}, End: true}}}"
    topology = topology_of(complete(f"{MACHINE}      {said}\n"))
    saga = topology.components["sell"]
    assert isinstance(saga, Saga)
    assert saga.written is not None
    found = addressed(saga.written, Addresses(topology))
    assert found["DefinitionSubstitutions"] == {"Clicks": GetAtt("ClicksStream", "Arn")}
    state = json.loads(str(found["DefinitionString"]))["States"]["P"]
    assert (state["ResultPath"], state["Result"]) == (None, {"to": "${Clicks}", "of": "a ${told}"})


def test_the_timeout_of_a_definition_is_what_a_saga_waits_for_it() -> None:
    topology = topology_of(complete(f"{MACHINE}      {{StartAt: A, States: {{A: {{Type: Succeed}}}}}}\n"))
    assert Addresses(topology).lasts("inner") == 90
    assert Addresses(topology).lasts("sell") == 31_536_000


@pytest.fixture
def _silent() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def close_trip(function: Function) -> tuple[dict[str, Any], Interpreter]:
    """The example's own definition, as it is deployed, with this function behind it."""
    properties = lower(example("travel-booking")).resources["CloseTripSaga"].properties
    with interpreter({"CloseCaseFunction": function}) as moto:
        return moto.run(moto.create(deployed(properties)), {"trip_id": "t1", "reason": "OutOfStock"}), moto


@pytest.mark.slow
@pytest.mark.usefixtures("_silent")
def test_a_definition_runs_as_it_was_written() -> None:
    told: list[object] = []
    ended, moto = close_trip(told.append)
    assert ended["status"] == "SUCCEEDED"
    assert told == [{"case": "one", "trip": {"trip_id": "t1", "reason": "OutOfStock"}}]
    assert moto.sent == []


@pytest.mark.slow
@pytest.mark.usefixtures("_silent")
def test_what_it_catches_it_sends_on() -> None:
    def refuse(payload: dict[str, Any]) -> object:
        del payload
        raise Refused("TableGone", "it is not there")

    ended, moto = close_trip(refuse)
    assert (ended["status"], ended["error"]) == ("FAILED", "TableGone")
    (sent,) = moto.sent
    assert sent["QueueUrl"] == "RepairsQueue"
    assert sent["MessageAttributes"]["message"]["StringValue"] == "RepairWanted"
    assert json.loads(sent["MessageBody"]) == {"trip_id": "t1", "reason": "TableGone"}
