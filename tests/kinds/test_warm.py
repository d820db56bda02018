"""Functions that are kept warm: everything that invokes one goes to the alias of a version that was published."""

from typing import Any

import pytest

from penstock.hops.lowering import lower
from penstock.plan.deployed import clashes
from penstock.plan.plan import Plan
from penstock.plan.stacks import split, stack_id
from penstock.plan.values import GetAtt, Ref, Sub
from tests.topologies import complete, topology_of

WARM = "concurrency: {provisioned: 5}"
LIVE = Ref("WFunctionLive")
EVERYWHERE = f"""
producers:
  shop: {{type: api, route: "POST /orders", auth: {{lambda: {{function: judge}}}}, publishes: {{message: OrderPlaced, to: w}}}}
  nightly: {{type: schedule, every: rate(1 day), payload: {{}}, publishes: {{message: OrderPlaced, to: w}}}}
topics: {{t: {{}}}}
buses: {{b: {{}}}}
queues: {{q: {{}}}}
streams: {{s: {{}}}}
consumers:
  judge: {{{WARM}}}
  w: {{{WARM}, export: true, async: {{max_retries: 1}}, from: [t, b, q, {{source: s, start: oldest}}]}}
"""


def plan_of(text: str) -> Plan:
    return lower(topology_of(complete(text)))


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Everything that can invoke a function."""
    return plan_of(EVERYWHERE)


def of_type(plan: Plan, type_: str) -> list[dict[str, Any]]:
    return [resource.properties for resource in plan.resources.values() if resource.type == type_]


def test_a_release_publishes_a_version_and_the_last_one_stays(plan: Plan) -> None:
    version = plan.resources["WFunctionVersion"]
    assert version.properties == {"FunctionName": Ref("WFunction"), "Description": Ref("Release")}
    assert version.body()["DeletionPolicy"] == version.body()["UpdateReplacePolicy"] == "Retain"
    described = plan.resources["WFunction"].properties["Description"]
    assert isinstance(described, Sub)
    assert described.text.endswith(", release ${Release}")
    assert plan.parameters["Release"].default is None
    assert any("Release" in note for note in plan.notes)


def test_the_alias_has_the_environments(plan: Plan) -> None:
    assert plan.resources["WFunctionLive"].properties == {
        "FunctionName": Ref("WFunction"),
        "FunctionVersion": GetAtt("WFunctionVersion", "Version"),
        "Name": "live",
        "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 5},
    }


def test_whatever_invokes_it_goes_to_the_alias(plan: Plan) -> None:
    assert [one["FunctionName"] for one in of_type(plan, "AWS::Lambda::EventSourceMapping")] == [LIVE] * 2
    consents = [one["FunctionName"] for one in of_type(plan, "AWS::Lambda::Permission")]
    assert sorted(consents, key=repr) == [Ref("JudgeFunctionLive"), *[LIVE] * 3]
    assert [one["Endpoint"] for one in of_type(plan, "AWS::SNS::Subscription")] == [LIVE]
    assert [one["Targets"][0]["Arn"] for one in of_type(plan, "AWS::Events::Rule")] == [LIVE]
    assert [one["Target"]["Arn"] for one in of_type(plan, "AWS::Scheduler::Schedule")] == [LIVE]
    (method,) = of_type(plan, "AWS::ApiGateway::Method")
    assert "/functions/${WFunctionLive}/invocations" in method["Integration"]["Uri"].text
    (authorizer,) = of_type(plan, "AWS::ApiGateway::Authorizer")
    assert "/functions/${JudgeFunctionLive}/invocations" in authorizer["AuthorizerUri"].text
    assert plan.outputs["WFunctionAddress"].value == LIVE


def test_what_becomes_of_invocations_is_said_of_the_alias(plan: Plan) -> None:
    config = plan.resources["WFunctionInvocations"]
    assert (config.properties["FunctionName"], config.properties["Qualifier"]) == (Ref("WFunction"), "live")
    assert config.depends_on == ("WFunctionLive",)


def test_alarms_count_for_all_versions(plan: Plan) -> None:
    dimensions = plan.resources["WFunctionErrorsAlarm"].properties["Dimensions"]
    assert dimensions == [{"Name": "FunctionName", "Value": Ref("WFunction")}]


def test_other_functions_are_invoked_by_themselves() -> None:
    plan = plan_of("queues: {q: {}}\nconsumers: {w: {from: q}}")
    assert [one["FunctionName"] for one in of_type(plan, "AWS::Lambda::EventSourceMapping")] == [Ref("WFunction")]
    assert "Release" not in plan.parameters
    assert not {"AWS::Lambda::Version", "AWS::Lambda::Alias"} & {one.type for one in plan.resources.values()}


def test_nested_stacks_are_given_the_release() -> None:
    topology = topology_of(
        complete(f"queues: {{q: {{}}}}\nconsumers: {{w: {{from: q, {WARM}}}}}\nstacks: {{spread: 1}}")
    )
    assert topology.stacks
    parts = split(lower(topology), topology, topology.stacks)
    assert parts.nested["workers-0"].resources["WFunctionVersion"].properties["Description"] == Ref("pRelease")
    assert parts.root.resources[stack_id("workers-0")].properties["Parameters"]["pRelease"] == Ref("Release")
    assert parts.root.parameters["Release"].default is None


@pytest.mark.parametrize(("said", "codes"), [(WARM, ["VAR006"]), ("concurrency: {reserved: 5}", [])])
def test_a_parameter_of_the_team_cannot_have_its_name(said: str, codes: list[str]) -> None:
    parameters = "parameters: {Release: {}}"
    topology = topology_of(complete(f"queues: {{q: {{}}}}\nconsumers: {{w: {{from: q, {said}}}}}\n{parameters}"))
    assert [one.code for one in clashes(lower(topology), topology)] == codes
