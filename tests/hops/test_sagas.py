"""How sagas are started, what they are allowed to call, and what their tasks say."""

from typing import Any

import pytest

from penstock.hops import Ending, semantics
from penstock.hops.lowering import lower
from penstock.kinds import Function
from penstock.model.topology import Topology
from penstock.plan.resource import COMPUTED
from penstock.plan.values import GetAtt, Ref, Sub
from tests.topologies import complete, topology_of

SAGA = "consumers: {book: {}}\nsagas:\n  place: {steps: [{do: book}], SAID}\n"
WAYS = {
    "bus": SAGA.replace("SAID", "from: {source: commerce, dlq: {}}") + "buses: {commerce: {}}\n",
    "queue": SAGA.replace("SAID", "from: orders") + "queues: {orders: {}}\n",
    "topic": SAGA.replace("SAID", "from: placed") + "topics: {placed: {}}\n",
    "stream": SAGA.replace("SAID", "from: {source: clicks, start: oldest}") + "streams: {clicks: {}}\n",
    "api": SAGA.replace(", SAID", "")
    + 'producers: {web: {type: api, route: "POST /orders", auth: iam, publishes: {message: OrderPlaced, to: place}}}\n',
    "schedule": SAGA.replace(", SAID", "")
    + "producers: {web: {type: schedule, every: rate(1 day), payload: {order_id: a}, publishes: {message: OrderPlaced, to: place}}}\n",
}


def resources(text: str) -> dict[str, Any]:
    found: dict[str, Any] = lower(topology_of(complete(text))).template()["Resources"]
    return found


def states(text: str) -> dict[str, Any]:
    found: dict[str, Any] = resources(text)["PlaceSaga"]["Properties"]["Definition"]["States"]
    return found


def edges(topology: Topology) -> set[tuple[str, str]]:
    return {(one.source.name, one.target.name) for one in topology.connections}


@pytest.mark.parametrize("way", WAYS)
def test_what_cannot_name_an_execution_starts_it_by_a_function_that_can(way: str) -> None:
    topology = topology_of(complete(WAYS[way]))
    (starter,) = (one for one in topology.of(Function) if one.part_of == "place")
    assert ("place-starter", "place") in edges(topology)
    assert [one.source.word for one in topology.incoming(starter)] == [way]
    made = resources(WAYS[way])
    (role,) = made["PlaceStarterFunctionRole"]["Properties"]["Policies"]
    granted = {each["Sid"]: each for each in role["PolicyDocument"]["Statement"]}
    assert granted["StartPlace"]["Action"] == "states:StartExecution"
    assert granted["StartPlace"]["Resource"] == GetAtt("PlaceSaga", "Arn")
    variables = made["PlaceStarterFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["PENSTOCK_SAGA_PLACE"] == GetAtt("PlaceSaga", "Arn")


def test_code_starts_a_saga_without_one() -> None:
    text = (
        SAGA.replace(", SAID", "")
        + "producers: {web: {type: function, publishes: {message: OrderPlaced, to: place}}}\n"
    )
    topology = topology_of(complete(text))
    assert "place-starter" not in topology.components
    assert ("web", "place") in edges(topology)


def test_a_function_may_answer_the_saga_that_calls_it() -> None:
    """The permission stands apart from the role: the state machine names the function, so the function may not name the machine."""
    steps = "{name: ask, wait_for: callback, via: desk, timeout: 1d}"
    made = resources(f"consumers: {{desk: {{resumes: place}}}}\nsagas: {{place: {{steps: [{steps}]}}}}\n")
    policy = made["PlaceSagaFromDeskFunctionAnswers"]["Properties"]
    assert policy["Roles"] == [Ref("DeskFunctionRole")]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Resource"] == GetAtt("PlaceSaga", "Arn")
    (own,) = made["DeskFunctionRole"]["Properties"]["Policies"]
    assert "PlaceSaga" not in str(own)
    ask = made["PlaceSaga"]["Properties"]["Definition"]["States"]["ask"]
    assert ask["Resource"] == Sub("arn:${AWS::Partition}:states:::lambda:invoke.waitForTaskToken")
    assert ask["Arguments"]["FunctionName"] == GetAtt("DeskFunction", "Arn")
    assert ask["Arguments"]["Payload"]["task_token"] == "{% $states.context.Task.Token %}"  # noqa: S105 - a place in the context
    assert (ask["Arguments"]["Payload"]["saga"], ask["Arguments"]["Payload"]["step"]) == ("place", "ask")


def test_the_dead_letters_of_a_delivery_are_named_after_the_saga() -> None:
    topology = topology_of(complete(WAYS["bus"]))
    assert "place-from-commerce-dlq" in topology.components


def test_a_step_promises_its_attempts() -> None:
    steps = "{do: book, retry: {max_retries: 4}, compensate: {do: cancel, retry: {max_retries: 9}}}"
    text = f"consumers: {{book: {{}}, cancel: {{}}}}\nsagas: {{place: {{steps: [{steps}]}}}}\n"
    topology = topology_of(complete(text))
    promises = {one.target.name: semantics(one, topology) for one in topology.connections}
    assert {name: promise and promise.attempts for name, promise in promises.items()} == {"book": 5, "cancel": 10}
    assert {promise and promise.ending for promise in promises.values()} == {Ending.CALLER}


def test_tasks_have_the_addresses_of_what_they_call() -> None:
    text = (
        "consumers: {book: {timeout: 10s}, cancel: {}}\nqueues: {asked: {fifo: {deduplication: explicit}}}\n"
        "topics: {told: {}}\nbuses: {commerce: {event_source: shop.orders}}\nsagas:\n  place:\n    steps:\n"
        "    - {do: book, compensate: cancel}\n"
        "    - {name: ask, wait_for: callback, via: asked, message: OrderPlaced, timeout: 1d, heartbeat: 1h}\n"
        "    - {name: tell, publish: {message: OrderPlaced, to: told}, input: {order_id: order_id}}\n"
        "    on_success: {message: OrderPlaced, to: commerce}\n"
    )
    made = states(text)
    book = made["book"]
    assert book["Resource"] == Sub("arn:${AWS::Partition}:states:::lambda:invoke")
    assert book["Arguments"]["FunctionName"] == GetAtt("BookFunction", "Arn")
    assert book["TimeoutSeconds"] == 15
    assert made["Undo book"]["Arguments"]["FunctionName"] == GetAtt("CancelFunction", "Arn")
    ask = made["ask"]
    assert ask["Resource"] == Sub("arn:${AWS::Partition}:states:::sqs:sendMessage.waitForTaskToken")
    assert ask["Arguments"]["QueueUrl"] == Ref("AskedQueue")
    assert ask["Arguments"]["MessageAttributes"]["message"]["StringValue"] == "OrderPlaced"
    assert ask["Arguments"]["MessageAttributes"]["task_token"]["StringValue"] == "{% $states.context.Task.Token %}"
    assert "$hash" in ask["Arguments"]["MessageDeduplicationId"]
    assert (ask["TimeoutSeconds"], ask["HeartbeatSeconds"]) == (86_400, 3_600)
    assert made["tell"]["Arguments"]["TopicArn"] == Ref("ToldTopic")
    (entry,) = made["OrderPlaced to commerce"]["Arguments"]["Entries"]
    assert entry["Source"] == "shop.orders"
    assert entry["EventBusName"] == Ref("CommerceBus")


def test_only_with_a_deadline_are_timeouts_computed_and_an_execution_is_cut_off_behind_it() -> None:
    without = lower(topology_of(complete(SAGA.replace("SAID", "workflow: standard"))))
    assert "TimeoutSeconds" not in without.resources["PlaceSaga"].properties["Definition"]
    assert without.metadata != COMPUTED
    with_one = lower(topology_of(complete(SAGA.replace("SAID", "timeout: 1h"))))
    definition = with_one.resources["PlaceSaga"].properties["Definition"]
    assert definition["TimeoutSeconds"] > 3_600
    assert definition["States"]["book"]["TimeoutSeconds"].startswith("{% $max([1, $min([8, ")
    assert with_one.metadata == COMPUTED


def test_every_task_has_a_timeout_and_catches_all_that_can_be_caught() -> None:
    text = WAYS["bus"].replace("{do: book}", "{do: book, compensate: book}")
    tasks = [state for state in states(text).values() if state["Type"] == "Task"]
    assert len(tasks) == 2
    for task in tasks:
        assert task["TimeoutSeconds"]
        assert [each["ErrorEquals"] for each in task["Catch"]] == [["States.DataLimitExceeded"], ["States.ALL"]]
        assert all("$states.input" in each["Output"] for each in task["Catch"])
        assert all(each["JitterStrategy"] == "FULL" for each in task["Retry"])


def test_alarms_tell_failures_and_what_is_not_undone() -> None:
    made = resources(SAGA.replace("SAID", "alarms: {failed_executions: 3}"))
    for metric in ("Failed", "TimedOut", "Aborted"):
        alarm = made[f"PlaceSaga{metric}Alarm"]["Properties"]
        assert (alarm["Namespace"], alarm["MetricName"], alarm["Threshold"]) == ("AWS/States", f"Executions{metric}", 3)
        assert alarm["Dimensions"] == [{"Name": "StateMachineArn", "Value": Ref("PlaceSaga")}]
    counted = made["PlaceSagaNotUndone"]["Properties"]
    alarm = made["PlaceSagaNotUndoneAlarm"]["Properties"]
    (transformation,) = counted["MetricTransformations"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (
        transformation["MetricNamespace"],
        transformation["MetricName"],
    )
    assert "CompensationFailed" in counted["FilterPattern"]
    assert "StuckAfterPivot" in counted["FilterPattern"]


def test_what_is_never_entered_is_no_state() -> None:
    """Step Functions refuses a definition with a state that nothing leads to."""
    steps = "{parallel: [[{fail: Stopped}, {do: book}], [{wait: 5s}]]}, {fail: Gone}, {name: late, do: book}"
    made = states(f"consumers: {{book: {{}}}}\nsagas: {{place: {{steps: [{steps}]}}}}\n")
    assert "late" not in made
    assert "Done" not in made
    (first, _) = made["Parallel 1"]["Branches"]
    assert "book" not in first["States"]
