"""Definitions of state machines with what they are given, and what their states lead to."""

import os
from pathlib import Path

import pytest

from penstock.lint.templates import find
from penstock.template.build import draw
from penstock.template.sam import MACHINE
from penstock.template.stacks import deployments
from penstock.template.tasks import tasks
from tests.template.given import drawn, findings, template

RESOURCES = """
Resources:
  Jobs: {Type: AWS::SQS::Queue}
  Told: {Type: AWS::SNS::Topic}
  Rows: {Type: AWS::DynamoDB::Table}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: orders}}
  Work: {Type: AWS::Lambda::Function}
  Inner: {Type: AWS::StepFunctions::StateMachine, Properties: {Definition: {States: {}}}}
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      PROPERTIES
"""


def led_to(properties: str, folder: Path | None = None) -> list[tuple[str, str]]:
    """The states of the machine with these properties, each with what it leads to."""
    text = RESOURCES.replace("PROPERTIES", properties)
    topology = (
        drawn(text) if folder is None else draw(next(deployments([template(text, str(folder / "template.yaml"))])))
    )
    directory = topology.translation.directory
    machine = next(one for one in directory.of(MACHINE) if one.id == "Flow")
    return [(one.state.name, one.target.id) for one in tasks(machine, directory)]


def one_state(said: str) -> str:
    """A definition with one state."""
    return f"Definition: {{StartAt: A, States: {{A: {{Type: Task, End: true, {said}}}}}}}"


@pytest.mark.parametrize(
    ("said", "target"),
    [
        ("Resource: !GetAtt Work.Arn", "Work"),
        ("Resource: 'arn:aws:states:::lambda:invoke', Parameters: {FunctionName: !Ref Work}", "Work"),
        (
            "Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', Arguments: {FunctionName: !GetAtt Work.Arn}",
            "Work",
        ),
        ("Resource: !Sub 'arn:${AWS::Partition}:states:::sqs:sendMessage', Parameters: {QueueUrl: !Ref Jobs}", "Jobs"),
        ("Resource: 'arn:aws:states:::aws-sdk:sqs:sendMessageBatch', Parameters: {QueueUrl: !Ref Jobs}", "Jobs"),
        ("Resource: 'arn:aws:states:::sns:publish', Parameters: {TopicArn: !Ref Told}", "Told"),
        ("Resource: 'arn:aws:states:::dynamodb:putItem', Parameters: {TableName: !Ref Rows}", "Rows"),
        ("Resource: 'arn:aws:states:::events:putEvents', Parameters: {Entries: [{EventBusName: orders}]}", "Bus"),
        (
            "Resource: 'arn:aws:states:::states:startExecution.sync:2', Parameters: {StateMachineArn: !Ref Inner}",
            "Inner",
        ),
        ("Resource: 'arn:aws:states:::aws-sdk:sfn:startExecution', Parameters: {StateMachineArn: !Ref Inner}", "Inner"),
        ("Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: {QueueUrl.$: $.url}", None),
        ("Resource: 'arn:aws:states:::dynamodb:getItem', Parameters: {TableName: !Ref Rows}", None),
        ("Resource: 'arn:aws:states:::events:putEvents', Parameters: {Entries: [{Source: shop}]}", None),
        ("Resource: elsewhere", None),
    ],
)
def test_a_task_leads_to_what_its_parameters_name(said: str, target: str | None) -> None:
    assert led_to(one_state(said)) == ([("A", target)] if target else [])


SENDS = (
    '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage",'
    ' "Parameters": {"QueueUrl": "${Url}"}, "TimeoutSeconds": ${Limit}, "End": true}}}'
)
BEFORE, _, AFTER = SENDS.partition("${Url}")
JOINED = (
    f"DefinitionString: !Join ['', ['{BEFORE}', !Ref Jobs, '{AFTER}']]\n      DefinitionSubstitutions: {{Limit: 3}}"
)
GIVEN = "DefinitionSubstitutions: {Url: !Ref Jobs, Limit: 3}"


@pytest.mark.parametrize(
    "definition",
    [
        f"DefinitionString: '{SENDS}'\n      {GIVEN}",
        f"DefinitionString: !Sub ['{SENDS}', {{Url: !Ref Jobs, Limit: !Ref 'AWS::AccountId'}}]",
        JOINED,
        one_state("Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: {QueueUrl: '${Url}'}")
        + f"\n      {GIVEN}",
        one_state("Resource: 'arn:aws:states:::${Service}', Parameters: {QueueUrl: !Ref Jobs}")
        + "\n      DefinitionSubstitutions: {Service: 'sqs:sendMessage'}",
    ],
)
def test_what_a_definition_is_given_stands_in_it(definition: str) -> None:
    assert led_to(definition) == [("A", "Jobs")]


@pytest.mark.parametrize("name", ["flow.asl.json", "flow.asl.yaml"])
def test_a_definition_in_a_file_is_given_the_same(name: str, tmp_path: Path) -> None:
    text = (
        SENDS
        if name.endswith("json")
        else "States:\n  A:\n    Resource: arn:aws:states:::sqs:sendMessage\n    Parameters: {QueueUrl: '${Url}'}\n"
    )
    (tmp_path / name).write_text(text)
    assert led_to(f"DefinitionUri: {name}\n      {GIVEN}", tmp_path) == [("A", "Jobs")]


def test_a_variable_that_nothing_is_given_for_stays_as_it_is() -> None:
    assert led_to(one_state("Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: {QueueUrl: '${Url}'}")) == []


def test_a_state_in_a_file_is_found_at_its_line_there(tmp_path: Path) -> None:
    waits = SENDS.replace("sendMessage", "sendMessage.waitForTaskToken").replace('"TimeoutSeconds": ${Limit}, ', "")
    (tmp_path / "flow.json").write_text(waits.replace('"States": {', '"States": {\n'))
    given = template(RESOURCES.replace("PROPERTIES", "DefinitionUri: flow.json"), str(tmp_path / "template.yaml"))
    (one,) = [one for one in find([given], lambda _: False)[1] if one.code == "SAG009"]
    assert (Path(one.span.source.path).name, one.span.source.text.count("\n", 0, one.span.start)) == ("flow.json", 1)


INCLUDED = "Definition: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: LOCATION}}}"


def test_what_is_included_from_a_file_is_read_with_the_template_s_resources(tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text(
        "States: {A: {Resource: 'arn:aws:states:::sns:publish', Parameters: {TopicArn: {Ref: Told}}}}"
    )
    assert led_to(INCLUDED.replace("LOCATION", "flow.yaml"), tmp_path) == [("A", "Told")]
    beside = "Definition: {StartAt: A, Fn::Transform: {Name: AWS::Include, Parameters: {Location: flow.yaml}}}"
    assert led_to(beside, tmp_path) == [("A", "Told")]


def test_what_cannot_be_included_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "round.yaml").write_text("{Fn::Transform: {Name: AWS::Include, Parameters: {Location: round.yaml}}}")
    (tmp_path / "broken.yaml").write_text("{")
    os.mkfifo(tmp_path / "pipe.yaml")  # nobody ever writes into it
    for location in ("round.yaml", "broken.yaml", "nowhere.yaml", "pipe.yaml", "'s3://bucket/flow.yaml'", "!Ref Told"):
        assert led_to(INCLUDED.replace("LOCATION", location), tmp_path) == []
    assert led_to("Definition: {Fn::Transform: {Name: Own}}") == []
    assert led_to("Definition: {Fn::Transform: [1]}") == []


ROUND = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: start
          PolicyDocument: {Statement: {Effect: Allow, Action: "states:StartExecution", Resource: !Ref Flow}}
  Work: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt Role.Arn}}
  Flow:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Definition: {StartAt: A, States: {A: {Type: Task, Resource: !GetAtt Work.Arn, End: true}MORE}}
"""


@pytest.mark.parametrize(("more", "found"), [("", ["Work > Flow > Work"]), (", B: {Type: Choice, Default: A}", [])])
def test_a_machine_that_chooses_may_end_what_goes_round(more: str, found: list[str]) -> None:
    told = [one for one in findings(ROUND.replace("MORE", more)) if one.code == "CFN026"]
    assert [one.message.split(": ")[-1] for one in told] == found
