"""What functions send to, as far as their rights let one infer it."""

from textwrap import indent

import pytest

from penstock.template.inferred import sent
from tests.template.given import codes, drawn, findings

RESOURCES = """
Resources:
  Jobs: {Type: AWS::SQS::Queue}
  Told: {Type: AWS::SNS::Topic}
  Rows: {Type: AWS::DynamoDB::Table, Properties: {StreamSpecification: {StreamViewType: NEW_IMAGE}}}
  Files: {Type: AWS::S3::Bucket}
  Flow: {Type: AWS::StepFunctions::StateMachine, Properties: {Definition: {States: {}}}}
  Other: {Type: AWS::Lambda::Function}
"""


def given(own: str, more: str = "") -> str:
    """A template with a function of SAM that has these properties, and more resources."""
    return f"{RESOURCES}  Work:\n    Type: AWS::Serverless::Function\n{indent(own, '    ')}\n{indent(more, '  ')}"


def targets(own: str, more: str = "") -> list[str]:
    """What that function sends to."""
    directory = drawn(given(own, more)).translation.directory
    return [one.target.id for one in sent(directory) if one.function.id == "Work"]


def stated(actions: str, resource: str, more: str = "") -> str:
    """A function whose policies have one statement."""
    statement = f"{{Effect: Allow, Action: {actions}, Resource: {resource}}}"
    return f"Properties:\n  Policies:\n    - Statement: [{statement}]\n{indent(more, '  ')}"


@pytest.mark.parametrize(
    ("own", "found"),
    [
        (stated('"sqs:SendMessage"', "!GetAtt Jobs.Arn"), ["Jobs"]),
        (stated('["sqs:ReceiveMessage", "sqs:DeleteMessage"]', "!GetAtt Jobs.Arn"), []),
        (stated('"sqs:*"', "!GetAtt Jobs.Arn"), ["Jobs"]),
        (stated('"dynamodb:*"', "!GetAtt Rows.Arn"), []),
        (stated('"dynamodb:Put*"', "!GetAtt Rows.Arn"), ["Rows"]),
        (stated('["s3:GetObject", "s3:PutObject"]', '!Sub "${Files.Arn}/*"'), ["Files"]),
        (stated('"states:StartExecution"', "[!Ref Flow]"), ["Flow"]),
        (stated('"lambda:InvokeFunction"', '!Sub "${Other.Arn}:*"'), ["Other"]),
        (stated('"sns:Publish"', '"*"'), []),
        (stated('"sns:Publish"', '"*"', "Environment: {Variables: {A: !Ref Told, B: !Ref Jobs}}"), ["Told"]),
        (stated('"sns:Publish"', '!Sub "${Told}*"'), []),
        ("Properties: {Environment: {Variables: {A: !Ref Jobs}}}", []),
        ("Properties: {Policies: [SQSSendMessagePolicy: {QueueName: !GetAtt Jobs.QueueName}]}", ["Jobs"]),
        ("Properties: {Policies: [SQSPollerPolicy: {QueueName: !GetAtt Jobs.QueueName}, AmazonSQSFullAccess]}", []),
        ("Properties: {Policies: [DynamoDBCrudPolicy: {TableName: !Ref Rows}]}", []),
        ("Properties: {Policies: [DynamoDBWritePolicy: {TableName: !Ref Rows}]}", ["Rows"]),
        ("Connectors: {A: {Properties: {Destination: {Id: Told}, Permissions: [Write]}}}", ["Told"]),
        ("Connectors: {A: {Properties: {Destination: {Id: Rows}, Permissions: [Read]}}}", []),
    ],
)
def test_a_right_to_send_by_name_is_a_sending_and_one_to_read_is_none(own: str, found: list[str]) -> None:
    assert targets(own) == found


@pytest.mark.parametrize(
    "policy",
    [
        "Type: AWS::IAM::Policy\n  Properties: {Roles: [!Ref Role], PolicyDocument: {Statement: &s [%s]}}",
        "Type: AWS::IAM::ManagedPolicy\n  Properties: {Roles: [!Ref Role], PolicyDocument: {Statement: [%s]}}",
    ],
)
def test_a_role_has_what_its_policies_say_that_stand_elsewhere(policy: str) -> None:
    said = policy % '{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Jobs.Arn}'
    more = f"Role: {{Type: AWS::IAM::Role, Properties: {{ManagedPolicyArns: [unknown]}}}}\nPolicy:\n  {said}"
    assert targets("Properties: {Role: !GetAtt Role.Arn}", more) == ["Jobs"]


def test_the_role_that_sam_makes_may_have_a_policy_of_its_own() -> None:
    statement = '{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Jobs.Arn}'
    more = f"Policy: {{Type: AWS::IAM::Policy, Properties: {{Roles: [!Ref WorkRole], PolicyDocument: {{Statement: {statement}}}}}}}"
    assert targets("Properties: {}", more) == ["Jobs"]


def test_with_a_role_policy_templates_have_no_effect() -> None:
    own = "Properties: {Role: elsewhere, Policies: [SQSSendMessagePolicy: {QueueName: !GetAtt Jobs.QueueName}]}"
    assert targets(own) == []


def test_what_lambda_needs_for_dead_letters_is_no_sending_of_the_function() -> None:
    letters = "DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Jobs.Arn}"
    assert targets(stated('"sqs:SendMessage"', "!GetAtt Jobs.Arn", letters)) == []


def test_a_right_that_is_denied_again_is_none() -> None:
    denied = '{Effect: Deny, Action: "sqs:*", Resource: "*"}'
    own = stated('"sqs:SendMessage"', "!GetAtt Jobs.Arn").replace("]\n", f", {denied}]\n")
    assert denied in own
    assert targets(own) == []


READS = "Events: {E: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn%s}}}"


def loops(own: str, more: str = "") -> list[str]:
    """The ways on which something comes back."""
    return [one.message.split(": ")[-1] for one in findings(given(own, more)) if one.code == "CFN026"]


def test_what_comes_back_is_told_once_with_the_way() -> None:
    policies = '"sqs:SendMessage"', "!GetAtt Jobs.Arn"
    assert loops(stated(*policies, READS % "")) == ["Work > Jobs > Work"]
    subscription = "Gets: {Type: AWS::SNS::Subscription, Properties: {Protocol: sqs, TopicArn: !Ref Told, Endpoint: !GetAtt Jobs.Arn%s}}"
    round_about = stated('"sns:Publish"', "!Ref Told", READS % "")
    assert loops(round_about, subscription % "") == ["Work > Told > Jobs > Work"]
    assert loops(round_about, subscription % ", FilterPolicy: {kind: [new]}") == []


def test_nothing_comes_back_through_what_is_off_or_filtered_or_only_perhaps_sent_to() -> None:
    sends = '"sqs:SendMessage"', "!GetAtt Jobs.Arn"
    assert loops(stated(*sends, READS % ", Enabled: false")) == []
    assert loops(stated(*sends, READS % ", FilterCriteria: {Filters: [{Pattern: '{}'}]}")) == []
    assert loops(stated('"sqs:*"', "!GetAtt Jobs.Arn", READS % "")) == []
    assert loops(stated('"sqs:SendMessage"', '"*"', READS % "")) == []


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("Events: 's3:ObjectCreated:*'", ["Work > Files > Work"]),
        ("Events: 's3:ObjectRemoved:*'", []),
        ("Events: 's3:ObjectCreated:*', Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}", []),
    ],
)
def test_a_function_that_a_bucket_tells_of_what_it_writes_itself(told: str, found: list[str]) -> None:
    event = f"Events: {{E: {{Type: S3, Properties: {{Bucket: !Ref Files, {told}}}}}}}"
    assert loops(stated('"s3:PutObject"', '!Sub "${Files.Arn}/*"', event)) == found


def test_the_finding_is_accepted_by_metadata_of_the_function() -> None:
    own = stated('"sqs:SendMessage"', "!GetAtt Jobs.Arn", READS % "")
    assert "CFN026" in codes(given(own))
    assert "CFN026" not in codes(given(f'Metadata: {{penstock: {{ignore: {{CFN026: "it counts"}}}}}}\n{own}'))
