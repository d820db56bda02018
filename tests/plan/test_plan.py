"""The plan: resources once, statements once, everything in order."""

import pytest

from penstock.model.origin import Place
from penstock.plan.plan import Plan
from penstock.plan.policies import attach
from penstock.plan.resource import Resource, tag_list
from penstock.plan.statement import Holder, Statement
from penstock.plan.values import Ref, arn
from tests.topologies import example

HERE: Place = example("orders").at()


def resource(id_: str, **properties: object) -> Resource:
    return Resource(id_, "AWS::SQS::Queue", dict(properties), HERE)


def test_an_id_is_taken_once() -> None:
    plan = Plan("")
    plan.add(resource("A"))
    with pytest.raises(ValueError, match="two resources have the logical id A"):
        plan.add(resource("A"))


def test_a_shared_resource_is_the_first_one() -> None:
    plan = Plan("")
    first = plan.share(resource("A"))
    assert plan.share(resource("A")) is first


def test_the_same_statement_may_be_asked_for_often() -> None:
    plan = Plan("")
    for _ in range(2):
        plan.grant(Holder.QUEUE, "A", "Send", Statement(("sqs:SendMessage",), (arn("A"),)), HERE)
    assert len(plan.grants) == 1


def test_two_statements_with_one_name_are_a_fault() -> None:
    plan = Plan("")
    plan.grant(Holder.QUEUE, "A", "Send", Statement(("sqs:SendMessage",), (arn("A"),)), HERE)
    with pytest.raises(ValueError, match="two statements of A have the name Send"):
        plan.grant(Holder.QUEUE, "A", "Send", Statement(("sqs:SendMessage",), (arn("B"),)), HERE)


def test_resources_stand_in_the_order_of_their_ids() -> None:
    plan = Plan("")
    for id_ in ("B", "C", "A"):
        plan.add(resource(id_))
    assert list(plan.template()["Resources"]) == ["A", "B", "C"]


def test_a_template_is_never_without_resources() -> None:
    assert list(Plan("").template()["Resources"].values()) == [{"Type": "AWS::CloudFormation::WaitConditionHandle"}]


def test_what_a_resource_leaves_out() -> None:
    body = Resource("A", "T", {"x": None, "y": 0}, HERE, retain=True, depends_on=("B",)).body()
    assert body == {
        "Type": "T",
        "DependsOn": ["B"],
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"y": 0},
    }
    assert Resource("A", "T", {"x": None}, HERE).body() == {"Type": "T"}


def test_one_value_stands_without_a_list() -> None:
    assert Statement(("a:B",), (Ref("X"),)).body() == {"Effect": "Allow", "Action": "a:B", "Resource": Ref("X")}
    body = Statement(("a:B", "a:C"), (Ref("X"), Ref("Y")), principal="*", effect="Deny").body("Sid")
    assert body == {
        "Sid": "Sid",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["a:B", "a:C"],
        "Resource": [Ref("X"), Ref("Y")],
    }


def test_long_names_fit_into_the_statement_ids_of_a_bus() -> None:
    plan = Plan("")
    plan.add(resource("ABus"))
    for end in "xy":
        statement = Statement(("events:PutEvents",), (arn("ABus"),))
        plan.grant(Holder.BUS, "ABus", "AllowFrom" + "A" * 80 + end, statement, HERE)
    attach(plan)
    ids = [body.properties["StatementId"] for body in plan.resources.values() if "StatementId" in body.properties]
    assert len(set(ids)) == 2
    assert all(len(id_) <= 64 and id_.isalnum() for id_ in ids)


def test_tags_are_in_order() -> None:
    assert tag_list({"b": "2", "a": "1"}) == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    assert tag_list({}) is None
