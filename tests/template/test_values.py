"""Intrinsic functions, in their short and long forms, and what is left to the deployment."""

import json
from typing import Any

import pytest

from penstock.template.values import Attribute, Imported, Text, Unknown
from tests.template.given import worlds

HEAD = """
Parameters:
  Env: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Given: {Type: String}
  Path: {Type: "AWS::SSM::Parameter::Value<String>", Default: /some/path}
  Many: {Type: CommaDelimitedList, Default: "a, b"}
Mappings:
  Times: {dev: {visible: 30, kept: 60}, prod: {visible: 90, kept: 60}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsDev: !Not [Condition: IsProd]
Resources:
  Queue: {Type: AWS::SQS::Queue}
  It:
    Type: AWS::SQS::Queue
    Properties:
      It: """


def value(text: str) -> Any:  # noqa: ANN401 - a value of a template
    return worlds(HEAD + text)[0].stacks[0].resources["It"].properties.get("It")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("!Ref Env", "dev"),
        ("{Ref: Env}", "dev"),
        ("!Ref Given", Unknown("Given")),
        ("!Ref Path", Unknown("Path")),
        ("!Ref Many", ["a", "b"]),
        ("!Ref Queue", Attribute(0, "Queue", "")),
        ("!GetAtt Queue.Arn", Attribute(0, "Queue", "Arn")),
        ("{'Fn::GetAtt': [Queue, Arn]}", Attribute(0, "Queue", "Arn")),
        ("!GetAtt [Queue, Arn]", Attribute(0, "Queue", "Arn")),
        ("!Ref Nowhere", Unknown("Nowhere")),
        ("!Ref AWS::NoValue", None),
        ("!Sub '${Env}-queue'", "dev-queue"),
        ("!Sub '${!Env}'", "${Env}"),
        ("!Sub ['${A}-${Env}', {A: !Ref Given}]", Text((Unknown("Given"), "-dev"))),
        ("!Sub '${Queue.Arn}'", Attribute(0, "Queue", "Arn")),
        ("!Join ['-', [a, !Ref Env, c]]", "a-dev-c"),
        ("!Join [':', [a, !Ref Given]]", Text(("a:", Unknown("Given")))),
        ("!Select [1, [a, b]]", "b"),
        ("!Select [1, !Split ['-', 'a-b']]", "b"),
        ("!Select ['0', !Split ['/', !Sub '${Queue.Arn}/x']]", Attribute(0, "Queue", "Arn")),
        ("!Select [9, [a]]", Unknown("a wrong Fn::Select")),
        ("!If [IsProd, 60, 30]", 30),
        ("!If [IsDev, 60, !Ref AWS::NoValue]", 60),
        ("!FindInMap [Times, !Ref Env, visible]", 30),
        ("!FindInMap [Times, !Ref Given, kept]", 60),
        ("!FindInMap [Times, !Ref Given, visible]", Unknown("Times.${Given}.visible")),
        ("!ImportValue Other", Imported("Other")),
        ("{'Fn::ImportValue': !Sub '${Env}-other'}", Imported("dev-other")),
        ("!ImportValue {'Fn::Sub': '${Env}-other'}", Imported("dev-other")),
        ("!Base64 text", "text"),
        ("{'Fn::Base64': !Sub '${Env}'}", "dev"),
        ("!Cidr [a, 1, 2]", Unknown("Fn::Cidr")),
        ("'{{resolve:ssm:/a/b}}'", Unknown("resolve:ssm:/a/b")),
        ("'x-{{resolve:ssm:/a/b}}'", Text(("x-", Unknown("resolve:ssm:/a/b")))),
        ("012345678901", "012345678901"),
        ("!Join wrong", Unknown("a wrong Fn::Join")),
        ("!GetAtt Queue", Unknown("a wrong Fn::GetAtt")),
    ],
)
def test_value(text: str, meaning: object) -> None:
    assert value(text) == meaning


def test_json_says_the_same() -> None:
    text = json.dumps(
        {"Resources": {"It": {"Type": "X", "Properties": {"It": {"Fn::Join": ["", ["a", {"Ref": "It"}]]}}}}}
    )
    assert worlds(text)[0].stacks[0].resources["It"].properties["It"] == Text(("a", Attribute(0, "It", "")))


def test_a_loop_is_written_out() -> None:
    text = """
    Transform: AWS::LanguageExtensions
    Resources:
      Fn::ForEach::Queues:
        - Name
        - [Orders, Bills]
        - ${Name}Queue:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: !Sub "${Name}-x"
              Fn::ForEach::Times: [Time, [DelaySeconds], {"${Time}": 5}]
    """
    resources = worlds(text)[0].stacks[0].resources
    assert {name: dict(one.properties) for name, one in resources.items()} == {
        "OrdersQueue": {"QueueName": "Orders-x", "DelaySeconds": 5},
        "BillsQueue": {"QueueName": "Bills-x", "DelaySeconds": 5},
    }
