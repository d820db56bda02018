"""A topology that is split into stacks: nothing moves when it grows, everything resolves, and no stack waits for itself."""

import copy
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from penstock import resources
from penstock.emit.templates import templates
from penstock.hops.lowering import lower
from penstock.kinds.build import build
from penstock.plan.limits import over_limits, sizes
from penstock.plan.stacks import ROOT, Parts, split
from penstock.plan.values import GetAtt, Sub
from penstock.source.schema_file import read_schema_file
from tests.strategies import Data, Generated, topologies, written
from tests.templates import Template, dependencies, references
from tests.topologies import document_of, topology_of

PSEUDO = {"AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::StackId", "AWS::StackName", "AWS::URLSuffix"}
MORE: dict[str, Data] = {
    "producers": {"zzz-in": {"type": "function", "publishes": {"message": "Heartbeat", "to": "zzz-topic"}}},
    "topics": {"zzz-topic": {}},
    "queues": {"zzz": {"from": {"source": "zzz-topic", "dlq": {}}, "dlq": {}}},
    "consumers": {"zzz-out": {"from": "zzz"}},
}
"""A chain with a message that perhaps nobody sent before."""


def split_of(data: Data) -> Parts:
    topology = topology_of(written(data).text)
    assert topology.stacks is not None
    return split(lower(topology), topology, topology.stacks)


def with_stacks(generated: Generated, spread: int) -> Data:
    return {**copy.deepcopy(generated.data), "stacks": {"spread": spread}}


def parts_of(one: Parts) -> dict[str, Template]:
    return {ROOT: one.root.template(), **{name: plan.template() for name, plan in one.nested.items()}}


def where(one: Parts) -> dict[str, str]:
    return {id_: name for name, part in parts_of(one).items() for id_ in part["Resources"]}


def given_to(root: Template) -> Iterator[tuple[str, dict[str, object]]]:
    for id_, body in root["Resources"].items():
        if body["Type"] == "AWS::CloudFormation::Stack":
            yield id_, body["Properties"].get("Parameters", {})


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(topologies(sound=True), st.integers(1, 7))
def test_everything_resolves_and_nothing_waits_for_itself(generated: Generated, spread: int) -> None:
    one = split_of(with_stacks(generated, spread))
    if one.faults:  # one of two queues in different groups is the other's dead-letter queue, without the role
        assert all("role: dead-letters" in str(fault.help) for fault in one.faults)
        return
    for part in parts_of(one).values():
        there = part["Resources"].keys() | part.get("Parameters", {}).keys() | PSEUDO
        assert set(references(part)) <= there
        assert {name for body in part["Resources"].values() for name in body.get("DependsOn", ())} <= there
        TopologicalSorter(dependencies(part)).prepare()
    by_id = {body["Properties"]["TemplateURL"]: id_ for id_, body in _stacks(one)}
    nested = {by_id[f"stacks/{name}.yaml"]: plan.template() for name, plan in one.nested.items()}
    for id_, parameters in given_to(one.root.template()):
        assert parameters.keys() == nested[id_].get("Parameters", {}).keys()
        for value in parameters.values():
            if isinstance(value, GetAtt) and value.attribute.startswith("Outputs."):
                assert value.attribute.removeprefix("Outputs.") in nested[value.target]["Outputs"]


def _stacks(one: Parts) -> list[tuple[str, Template]]:
    return [
        (id_, body)
        for id_, body in one.root.template()["Resources"].items()
        if body["Type"] == "AWS::CloudFormation::Stack"
    ]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(topologies(), st.integers(1, 7))
def test_no_resource_is_lost_or_made_twice(generated: Generated, spread: int) -> None:
    whole = lower(topology_of(generated.text)).template()["Resources"]
    one = split_of(with_stacks(generated, spread))
    found = [id_ for part in parts_of(one).values() for id_ in part["Resources"]]
    stacks = {id_ for id_, _ in _stacks(one)}
    assert sorted(set(found) - stacks) == sorted(whole)
    assert len(found) == len(set(found))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(topologies(), st.integers(1, 7))
def test_an_added_chain_moves_nothing(generated: Generated, spread: int) -> None:
    data = with_stacks(generated, spread)
    before = where(split_of(data))
    for section, components in MORE.items():
        data[section] = {**components, **data.get(section, {})}
    after = where(split_of(data))
    moved = {id_ for id_ in before if after.get(id_) != before[id_]}
    assert all(id_.startswith("RestApiDeployment") for id_ in moved)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(topologies())
def test_placing_new_components_moves_nothing_out_of_the_root(generated: Generated) -> None:
    before = lower(topology_of(generated.text)).template()["Resources"]
    before.pop("Dashboard", None)  # shows the new ones too
    data = copy.deepcopy(generated.data)
    for section, components in MORE.items():
        data[section] = {**components, **data.get(section, {})}
    data["stacks"] = {"place": {name: "more" for components in MORE.values() for name in components}}
    one = split_of(data)
    assert not one.faults
    assert {id_: body for id_, body in one.root.template()["Resources"].items() if id_ in before} == before
    assert {name.partition("-")[2] for name in one.nested} == {"more"}


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(topologies())
def test_what_is_not_split_is_the_same_template(generated: Generated) -> None:
    flat = topology_of(generated.text)
    rooted = topology_of(written({**generated.data, "stacks": {"place": {}, "spread": 3}}).text)
    whole = templates(lower(rooted), rooted, whole=True).files
    assert whole == templates(lower(flat), flat).files


MANY = """
penstock: 1
name: many
{stacks}
messages: {{M: {{schema: {{type: object}}}}}}
stores: {{once: {{type: dynamodb, key: id}}}}
queues: {{{queues}}}
consumers: {{{consumers}}}
"""


def many(count: int, stacks: str = "") -> str:
    queues = ", ".join(f"q-{number}: {{dlq: {{max_receives: 3}}}}" for number in range(count))
    workers = ", ".join(f"w-{number}: {{from: q-{number}, uses: {{once: write}}}}" for number in range(count))
    return MANY.format(stacks=stacks, queues=queues, consumers=workers)


def test_too_much_for_one_stack_is_a_finding_with_a_number_that_will_do() -> None:
    topology = topology_of(many(60))
    made = templates(lower(topology), topology)
    assert re.search(r"would have [6-9]\d\d resources, and CloudFormation takes 500", made.faults[0].message)
    proposal = str(made.faults[0].help).partition("`")[2].partition("`")[0]
    topology = topology_of(many(60, proposal))
    assert templates(lower(topology), topology).faults == []


def test_a_nested_stack_that_is_too_large_is_named() -> None:
    topology = topology_of(many(60, "stacks: {spread: 1}"))
    faults = templates(lower(topology), topology).faults
    assert any(fault.message.startswith("stacks/workers-0.yaml would have") for fault in faults)


def test_the_limits_hold_after_a_split() -> None:
    topology = topology_of(many(60, "stacks: {spread: 9}"))
    assert topology.stacks is not None
    plan = lower(topology)
    one = split(plan, topology, topology.stacks)
    plans = {"template.yaml": one.root, **one.nested}
    assert list(over_limits(plans, dict.fromkeys(plans, ""), plan, topology)) == []
    for part in plans.values():
        assert all(size.amount <= resources.limit(size.limit) for size in sizes(part))


BETWEEN = """
penstock: 1
name: letters
stacks: {{place: {{work: one, lost: two}}}}
queues: {{work: {{dlq: {{queue: lost, max_receives: 3}}}}, lost: {{{role}}}}}
"""


def test_a_dead_letter_queue_of_another_group_needs_the_role() -> None:
    topology = topology_of(BETWEEN.format(role=""))
    (fault,) = templates(lower(topology), topology).faults
    assert fault.code == "STK003"
    assert "WorkQueue is in the stack 'channels-one' and needs LostQueue, which is in 'channels-two'" in fault.message
    topology = topology_of(BETWEEN.format(role="role: dead-letters"))
    assert "stacks/letters-two.yaml" in templates(lower(topology), topology).files


def test_a_circle_through_the_root_is_a_finding() -> None:
    text = """
penstock: 1
name: circle
stacks: {place: {a: one, c: one}}
queues: {a: {dlq: {queue: b, max_receives: 3}}, b: {}, c: {}, d: {dlq: {queue: c, max_receives: 3}}}
"""
    topology = topology_of(text)
    assert templates(lower(topology), topology).faults == []
    topology = topology_of(text.replace("b: {}", "b: {dlq: {queue: c, max_receives: 3}}"))
    (fault,) = templates(lower(topology), topology).faults
    assert fault.message.startswith("stacks need each other: ")


@pytest.mark.parametrize(
    ("place", "code", "words"),
    [("{intke: one}", "REF001", "did you mean 'intake'?"), ("{intake-dlq: one}", "STK001", "place 'intake'")],
)
def test_a_name_that_cannot_be_placed(place: str, code: str, words: str) -> None:
    text = f"penstock: 1\nname: p\nstacks: {{place: {place}}}\nqueues: {{intake: {{dlq: {{max_receives: 3}}}}}}\n"
    (fault,) = build(document_of(text), lambda name: read_schema_file(Path(name), name)).faults
    assert (fault.code, fault.help) == (code, words)


def test_the_name_of_the_root_goes_down_to_what_is_named_after_it() -> None:
    topology = topology_of("penstock: 1\nname: n\nstacks: {spread: 1}\nbuses: {commerce: {}}\n")
    assert topology.stacks is not None
    one = split(lower(topology), topology, topology.stacks)
    bus = one.nested["channels-0"].resources["CommerceBus"]
    assert bus.properties["Name"] == Sub("${rootStackName}-commerce")
    assert "rootStackName: !Ref AWS::StackName" in templates(lower(topology), topology).files["template.yaml"]


def test_of_a_queue_of_another_stack_nothing_but_the_arn_is_handed_on() -> None:
    topology = topology_of(many(40, "stacks: {spread: 2}"))
    assert topology.stacks is not None
    root = split(lower(topology), topology, topology.stacks).root.template()
    given = {name: keys for name, keys in given_to(root) if "Workers" in name}
    queues = [key for keys in given.values() for key in keys if "Queue" in key]
    assert queues
    assert [key for key in queues if not key.endswith("Arn")] == []
