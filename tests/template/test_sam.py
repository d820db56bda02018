"""What SAM makes of its own resources, and what its rules need to know of that."""

from typing import Any

import pytest

from tests.template.given import advice, codes, drawn, findings

HEAD = "Transform: AWS::Serverless-2016-10-31\n"


def function(events: str, more: str = "") -> str:
    return (
        HEAD
        + f"""
Globals: {{Function: {{Timeout: 20, MemorySize: 512, Environment: {{Variables: {{A: a}}}}}}}}
Resources:
  Orders: {{Type: AWS::SNS::Topic}}
  Inbox: {{Type: AWS::SQS::Queue}}
  Clicks: {{Type: AWS::Kinesis::Stream}}
  Table: {{Type: AWS::Serverless::SimpleTable}}
  Uploads: {{Type: AWS::S3::Bucket}}
  Bus: {{Type: AWS::Events::EventBus}}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 30
      {more}
      Events: {events}
"""
    )


@pytest.mark.parametrize(
    ("event", "edges"),
    [
        ("{Type: SQS, Properties: {Queue: !GetAtt Inbox.Arn, BatchSize: 5}}", {("Inbox", "Work")}),
        ("{Type: SNS, Properties: {Topic: !Ref Orders}}", {("Orders", "Work")}),
        ("{Type: Kinesis, Properties: {Stream: !GetAtt Clicks.Arn, StartingPosition: LATEST}}", {("Clicks", "Work")}),
        (
            "{Type: DynamoDB, Properties: {Stream: !GetAtt Table.StreamArn, StartingPosition: LATEST}}",
            {("Table", "Work")},
        ),
        ("{Type: EventBridgeRule, Properties: {EventBusName: !Ref Bus, Pattern: {source: [a]}}}", {("Bus", "Work")}),
        ("{Type: CloudWatchEvent, Properties: {Pattern: {source: [a]}}}", {("default", "Work")}),
        ("{Type: Schedule, Properties: {Schedule: rate(1 day)}}", {("default", "Work")}),
        ("{Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day)}}", {("WorkEvent", "Work")}),
        (
            "{Type: SNS, Properties: {Topic: !Ref Orders, SqsSubscription: true}}",
            {("Orders", "WorkEventQueue"), ("WorkEventQueue", "Work")},
        ),
        ("{Type: Api, Properties: {Path: /a, Method: get}}", set()),
        ("{Type: S3, Properties: {Bucket: !Ref Uploads, Events: x}}", set()),
        ("{Type: Cognito, Properties: {UserPool: x}}", set()),
    ],
)
def test_events_become_edges(event: str, edges: set[tuple[str, str]]) -> None:
    topology = drawn(function(f"{{Event: {event}}}"))
    assert {(edge.source.name, edge.target.name) for edge in topology.connections} == edges


def test_globals_stand_under_what_a_function_says_itself() -> None:
    work: Any = drawn(function("{}")).components["Work"]
    assert (work.timeout, work.memory) == (30, 512)
    assert work.states("memory")


def test_destinations_and_dead_letters_are_followed() -> None:
    queue = "EventInvokeConfig: {MaximumRetryAttempts: 1, DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Inbox.Arn}}}"
    work: Any = drawn(function("{}", queue)).components["Work"]
    assert (work.redrive.queue, work.invocations.max_retries) == ("Inbox", 1)
    work = drawn(function("{}", "DeadLetterQueue: {Type: SNS, TargetArn: !Ref Orders}")).components["Work"]
    assert work.redrive.reason


def test_sam_writes_the_policy_of_a_queue_that_it_makes_and_of_no_other() -> None:
    made = "{Event: {Type: SNS, Properties: {Topic: !Ref Orders, SqsSubscription: true}}}"
    given = (
        "{Event: {Type: EventBridgeRule, Properties: {Pattern: {a: [b]}, DeadLetterConfig: {Arn: !GetAtt Inbox.Arn}}}}"
    )
    own = "{Event: {Type: EventBridgeRule, Properties: {Pattern: {a: [b]}, DeadLetterConfig: {Type: SQS}}}}"
    assert [code for code in codes(function(made)) if code.startswith("CFN")] == []
    assert [code for code in codes(function(given)) if code.startswith("CFN")] == ["CFN011"]
    assert [code for code in codes(function(own)) if code.startswith("CFN")] == []


CONNECTED = (
    HEAD
    + """
Resources:
  Orders: {Type: AWS::SNS::Topic}
  Failed: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 1209600}}
  Inbox: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}}}
  Subscription: {Type: AWS::SNS::Subscription, Properties: {Protocol: sqs, TopicArn: !Ref Orders, Endpoint: !GetAtt Inbox.Arn}}
"""
)
CONNECTOR = """
  Connector:
    Type: AWS::Serverless::Connector
    Properties: {Source: {Id: Orders}, Destination: {Id: Inbox}, Permissions: [Write]}
"""


def test_a_connector_lets_its_source_send() -> None:
    assert codes(CONNECTED) == ["CFN010", "DLQ007"]
    assert codes(CONNECTED + CONNECTOR) == ["DLQ007"]


MACHINE = (
    HEAD
    + """
Resources:
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      DEFINITION
"""
)
ASK = "{StartAt: Ask, States: {Ask: {Type: Task, Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', End: true}}}"
AS_JSON = ASK.replace("'", '"')
for word in ("StartAt", "States", "Ask:", "Type", "Task,", "Resource", "End"):
    AS_JSON = AS_JSON.replace(word, f'"{word.rstrip(":,")}"' + word[len(word.rstrip(":,")) :])
AS_JSON = AS_JSON.replace('"StartAt": Ask', '"StartAt": "Ask"')


@pytest.mark.parametrize(
    "definition",
    [
        f"Definition: {ASK}",
        f"DefinitionString: '{AS_JSON}'",
        f"DefinitionString: !Sub '{AS_JSON}'",
        "Definition: {StartAt: All, States: {All: {Type: Map, ItemProcessor: " + ASK + "}}}",
        "Definition: {StartAt: All, States: {All: {Type: Parallel, Branches: [" + ASK + "]}}}",
    ],
)
def test_definitions_are_read_wherever_they_stand(definition: str) -> None:
    (one,) = findings(MACHINE.replace("DEFINITION", definition))
    assert (one.code, "'Ask'" in one.message) == ("SAG009", True)


@pytest.mark.parametrize(
    ("definition", "found"),
    [
        ("DefinitionUri: nowhere.json", ["CFN027"]),
        ("DefinitionUri: {Bucket: artifacts, Key: machine.json}", ["CFN027"]),
        ("DefinitionString: 'no JSON'", ["CFN027"]),
        ("DefinitionString: !Ref AWS::StackName", ["CFN027"]),
        ("Definition: {States: {A: 1}}", []),
        ("Name: none", []),
    ],
)
def test_a_definition_that_is_not_known_is_said_to_be(definition: str, found: list[str]) -> None:
    assert codes(MACHINE.replace("DEFINITION", definition)) == []
    assert advice(MACHINE.replace("DEFINITION", definition)) == found
