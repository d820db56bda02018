"""State machines of templates as sagas of a first topology."""

import pytest

from tests.template.test_comparing import compared, differences, there_and_back
from tests.template.test_importing import comments, data, imported

HEAD = """
Resources:
  ChargeFunction: {Type: AWS::Lambda::Function, Properties: {Timeout: 30}}
  JobsQueue: {Type: AWS::SQS::Queue}
  SellingSaga:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Tags: [{Key: team, Value: shop}]
      TracingConfiguration: {Enabled: true}
      Definition:
        StartAt: Charge
        States:
          Charge: {Type: Task, TASK, ResultPath: null, End: true}
"""
CALLS = "Resource: !Sub 'arn:${AWS::Partition}:states:::lambda:invoke', Parameters: {FunctionName: !GetAtt ChargeFunction.Arn}"
SENDS = (
    "Resource: 'arn:aws:states:::sqs:sendMessage',"
    " Parameters: {QueueUrl: !Ref JobsQueue, MessageAttributes: {message: {DataType: String, StringValue: OrderPaid}}}"
)


def machine(task: str) -> str:
    """A template with a machine of one task."""
    return HEAD.replace("TASK", task)


def test_a_machine_is_written_with_its_definition() -> None:
    assert data(machine(CALLS))["sagas"] == {
        "selling": {
            "type": "state-machine",
            "definition": {
                "StartAt": "Charge",
                "States": {
                    "Charge": {
                        "Type": "Task",
                        "Resource": "arn:aws:states:::lambda:invoke",
                        "Parameters": {"FunctionName": "charge"},
                        "ResultPath": None,
                        "End": True,
                    }
                },
            },
            "tracing": True,
            "tags": {"team": "shop"},
        }
    }


def test_it_is_compiled_to_what_it_was() -> None:
    found = [one for one in differences(compared(machine(CALLS))) if "StateMachine" in one]
    assert found == ["AWS::StepFunctions::StateMachine SellingSaga LoggingConfiguration"]


def test_an_express_machine_stays_one() -> None:
    text = machine("Resource: !Ref ChargeFunction").replace("Tags:", "StateMachineType: EXPRESS\n      Tags:")
    assert "workflow: express" in imported(text)
    unsaid = text.replace("EXPRESS", "!Ref AWS::StackName")
    assert "workflow" not in imported(unsaid)
    assert any("its type is known only when it is deployed" in one for one in comments(imported(unsaid)))


def test_what_a_task_sends_is_declared() -> None:
    assert data(machine(SENDS))["messages"] == {"OrderPaid": {"schema": {}}}


@pytest.mark.parametrize(
    ("task", "why"),
    [
        ("Resource: !ImportValue charge", "what stands at States.Charge.Resource is no component here"),
        ("Resource: 'arn:aws:states:::glue:startJobRun.sync'", "'glue:startJobRun', for which the role would get no"),
        ("Resource: !Ref ChargeFunction, Comment: 'not ${filled}'", "what stands at States.Charge.Comment"),
        (SENDS.replace("OrderPaid", "order.paid"), "no message is named 'order.paid'"),
    ],
)
def test_of_what_the_language_does_not_take_a_comment_says_why(task: str, why: str) -> None:
    text = imported(machine(task))
    assert "sagas:" not in text
    assert any(why in one for one in comments(text)), comments(text)


RULE = """
  Placed:
    Type: AWS::Events::Rule
    Properties: {EventPattern: {source: [shop]}, Targets: [{Id: a, Arn: !Ref SellingSaga}]}
"""


def test_of_what_starts_a_machine_a_comment_says_how() -> None:
    assert any("say `from` at `selling`" in one for one in comments(imported(machine(CALLS) + RULE)))


def test_sagas_that_were_compiled_are_the_same_machines_again() -> None:
    several = list(differences(there_and_back("travel-booking/expected/template.yaml")))
    assert [one for one in several if "Definition" in one] == []
