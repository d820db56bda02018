"""What holds for the template of any topology."""

import copy
import random
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import yaml
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from penstock.emit import cloudformation
from penstock.emit.cloudformation import template as text_of
from penstock.hops.lowering import lower
from penstock.plan.names import pascal
from penstock.plan.values import GetAtt, Ref, Sub
from tests.emit.cfn_lint import cfn_lint
from tests.strategies import Data, Generated, topologies, written
from tests.templates import Template, dependencies, of_type, read, references
from tests.topologies import example, topology_of

IGNORED = ("E3601", "W3002", "W6001")
"""What templates ignore themselves, which the command line takes the place of; and outputs that hand on another stack's."""
PSEUDO = {"AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::StackId", "AWS::StackName", "AWS::URLSuffix"}
SECTIONS = ("messages", "producers", "topics", "buses", "queues", "streams", "consumers", "stores", "keys")
ATTRIBUTES = {
    "AWS::ApiGateway::RestApi": {"RootResourceId"},
    "AWS::DynamoDB::Table": {"Arn", "StreamArn"},
    "AWS::ECS::Service": {"Name"},
    "AWS::Events::ApiDestination": {"Arn"},
    "AWS::Events::Connection": {"Arn"},
    "AWS::Events::EventBus": {"Arn"},
    "AWS::Events::Rule": {"Arn"},
    "AWS::IAM::Role": {"Arn"},
    "AWS::KMS::Key": {"Arn"},
    "AWS::Kinesis::Stream": {"Arn"},
    "AWS::Kinesis::StreamConsumer": {"ConsumerARN"},
    "AWS::Lambda::Function": {"Arn"},
    "AWS::Lambda::Version": {"Version"},
    "AWS::Logs::DeliveryDestination": {"Arn"},
    "AWS::Logs::LogGroup": {"Arn"},
    "AWS::S3::Bucket": {"Arn"},
    "AWS::SNS::Topic": {"TopicName"},
    "AWS::SQS::Queue": {"Arn", "QueueName"},
    "AWS::Scheduler::ScheduleGroup": {"Arn"},
    "AWS::StepFunctions::StateMachine": {"Arn", "Name"},
    "AWS::WAFv2::WebACL": {"Arn"},
}


def compiled(generated: Generated) -> str:
    return text_of(lower(topology_of(generated.text)))


def resources(generated: Generated) -> dict[str, object]:
    found: dict[str, object] = lower(topology_of(generated.text)).template()["Resources"]
    return found


def attributes(value: object) -> Iterator[tuple[str, str]]:
    """The resources and attributes of every GetAtt, and of every ``${A.B}`` in a Sub."""
    match value:
        case GetAtt(target, attribute):
            yield target, attribute
        case Sub(text):
            parts = [part.partition("}")[0].partition(".") for part in text.split("${")[1:]]
            yield from ((target, attribute) for target, dot, attribute in parts if dot)
        case dict():
            for inner in value.values():
                yield from attributes(inner)
        case list():
            for inner in value:
                yield from attributes(inner)
        case _:
            return


def resolves(template: Template) -> None:
    there = template["Resources"].keys() | template.get("Parameters", {}).keys() | PSEUDO
    assert set(references(template)) <= there
    assert {name for body in template["Resources"].values() for name in body.get("DependsOn", ())} <= template[
        "Resources"
    ].keys()
    for target, attribute in attributes(template):
        assert attribute in ATTRIBUTES[template["Resources"][target]["Type"]]
    TopologicalSorter(dependencies(template)).prepare()


def test_every_reference_of_the_example_resolves_without_a_circle() -> None:
    resolves(read(text_of(lower(example("orders")))))


@settings(max_examples=60)
@given(topologies())
def test_every_reference_resolves_without_a_circle(generated: Generated) -> None:
    resolves(lower(topology_of(generated.text)).template())


@settings(max_examples=25)
@given(topologies())
def test_the_text_is_the_plan(generated: Generated) -> None:
    plan = lower(topology_of(generated.text))
    assert read(text_of(plan)) == plan.template()


@settings(max_examples=25)
@given(topologies(), st.randoms(use_true_random=False))
def test_the_order_of_the_components_changes_nothing(generated: Generated, chance: random.Random) -> None:
    assert compiled(written(shuffled(generated.data, chance))) == compiled(generated)


def shuffled(data: Data, chance: random.Random) -> Data:
    """The sections in another order, and the components of each."""
    sections = list(data.items())
    chance.shuffle(sections)
    return {key: _in_any_order(value, chance) if key in SECTIONS else value for key, value in sections}


def _in_any_order(section: Data, chance: random.Random) -> Data:
    entries = list(section.items())
    chance.shuffle(entries)
    return dict(entries)


def test_the_order_of_the_example_changes_nothing() -> None:
    path = Path(__file__).parents[2] / "examples" / "orders" / "topology.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    other = topology_of(written(shuffled(data, random.Random(1))).text, path.parent)  # noqa: S311 - any order will do
    assert text_of(lower(other)) == text_of(lower(example("orders")))


@settings(max_examples=25)
@given(topologies())
def test_an_added_queue_changes_nothing_else(generated: Generated) -> None:
    _adds(generated, {"queues": {"zzz": {"dlq": {"max_receives": 3}}}})


@settings(max_examples=25)
@given(topologies())
def test_an_added_chain_changes_nothing_else(generated: Generated) -> None:
    _adds(
        generated,
        {
            "producers": {"zzz-in": {"type": "function", "publishes": {"message": "Heartbeat", "to": "zzz-topic"}}},
            "topics": {"zzz-topic": {"encryption": {"key": "zzz-key"}}},
            "queues": {"zzz": {"from": {"source": "zzz-topic", "dlq": {}}, "dlq": {}}},
            "consumers": {"zzz-out": {"from": "zzz", "effects": ["zzz-db"]}},
            "stores": {"zzz-db": {"type": "dynamodb", "key": "id"}},
            "keys": {"zzz-key": {}},
        },
    )


def without_dashboard(there: dict[str, object]) -> dict[str, object]:
    """All but the dashboard, which shows every component."""
    return {id_: body for id_, body in there.items() if id_ != "Dashboard"}


def _adds(generated: Generated, more: Data) -> None:
    """All that was there stays as it was, and all that is new bears a new component's name."""
    data = copy.deepcopy(generated.data)
    for section, components in more.items():
        data[section] = {**components, **data.get(section, {})}
    before, after = resources(generated), resources(written(data))
    assert {id_: after[id_] for id_ in before if id_ != "Dashboard"} == without_dashboard(before)
    assert all(id_.startswith(pascal("zzz")) for id_ in after.keys() - before.keys())


@settings(max_examples=25)
@given(topologies())
def test_an_added_message_that_nobody_sends_changes_nothing(generated: Generated) -> None:
    _adds(generated, {"messages": {"Zzz": {"schema": {"type": "object"}}}})


@settings(max_examples=15)
@given(topologies(), st.sampled_from(["GET /zzz", "POST /orders/zzz"]))
def test_an_added_route_changes_the_deployment_alone(generated: Generated, route: str) -> None:
    data = copy.deepcopy(generated.data)
    data["queues"] = {"zzz": {}, **data.get("queues", {})}
    before = resources(written(data))
    sends = {"message": "Heartbeat", "to": "zzz"}
    data["producers"] = {
        "zzz-in": {"type": "api", "route": route, "auth": "iam", "publishes": sends},
        **data.get("producers", {}),
    }
    after = resources(written(data))
    changed = {id_ for id_ in before if before[id_] != after.get(id_)}
    assert all(id_.startswith(("Dashboard", "RestApiDeployment", "RestApiStage", "ZzzQueuePolicy")) for id_ in changed)


@settings(max_examples=25)
@given(topologies(), st.text(), st.text(alphabet=" :#-?'\"\n\t{}[]ab1~", max_size=140))
def test_the_text_is_what_pyyaml_writes(generated: Generated, any_text: str, marks: str) -> None:
    body = {
        any_text: [marks, {"a": any_text}, [marks, True, 1]],
        "b": Sub(marks),
        "c": {"d": Ref(any_text)},
        marks: None,
    }
    parts = {**lower(topology_of(generated.text)).template()["Resources"], "Odd": body}
    for name, part in parts.items():
        assert cloudformation.part(name, part) == cloudformation.part_by_pyyaml(name, part)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_cfn_lint_finds_nothing_in_random_templates(part: int, tmp_path: Path) -> None:
    """Two hundred topologies in all, in four parts that can run side by side."""
    texts: list[str] = []

    @seed(part)
    @settings(max_examples=50, database=None, derandomize=False)
    @given(topologies())
    def collect(generated: Generated) -> None:
        texts.append(compiled(generated))

    collect()
    paths = [tmp_path / f"{number}.yaml" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    found = cfn_lint(paths, tmp_path / "cache", *IGNORED)
    assert (found.returncode, found.stdout) == (0, "")
    assert len(texts) >= 50
    assert any(of_type(read(text), "AWS::Lambda::Function") for text in texts)
