"""Roles by which services act for a template, and whether these may do what they are given for."""

import pytest

from tests.template.given import codes

TEMPLATE = """
Parameters: {Elsewhere: {Type: String}}
Resources:
  Inbox: {Type: AWS::SQS::Queue}
  Other: {Type: AWS::SQS::Queue}
  Clicks: {Type: AWS::Kinesis::Stream}
  Own: {Type: Custom::Thing}
  Flow: {Type: AWS::StepFunctions::StateMachine, Properties: {Definition: {States: {}}}}
  Role:
    Type: AWS::IAM::Role
    Properties: {Policies: [{PolicyName: own, PolicyDocument: {Statement: [SAID]}}]}
"""
RULE = "Rule: {Type: AWS::Events::Rule, Properties: {EventPattern: {a: [b]}, Targets: [{Id: a, Arn: END, RoleArn: !GetAtt Role.Arn}]}}"
PIPE = "Pipe: {Type: AWS::Pipes::Pipe, Properties: {RoleArn: !GetAtt Role.Arn, Source: !GetAtt Inbox.Arn, Target: END}}"
ROUTE = (
    "Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}\n"
    "  Route: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: POST /, Target: !Sub 'integrations/${To}'}}\n"
    "  To: {Type: AWS::ApiGatewayV2::Integration, Properties: {IntegrationType: AWS_PROXY, IntegrationSubtype: SQS-SendMessage, "
    "CredentialsArn: !GetAtt Role.Arn, RequestParameters: {QueueUrl: END}}}"
)
START, SEND = "Action: 'states:StartExecution', Resource", "Action: 'sqs:SendMessage', Resource"


def told(more: str, end: str, said: str) -> int:
    allowed = ", ".join(f"{{Effect: Allow, {one}}}" for one in said.split("; "))
    return codes(f"{TEMPLATE.replace('SAID', allowed)}  {more.replace('END', end)}\n").count("CFN029")


@pytest.mark.parametrize(
    ("more", "end", "said", "number"),
    [
        (RULE, "!Ref Flow", f"{START}: !Ref Flow", 0),
        (RULE, "!Ref Flow", f"{START}: '*'", 0),
        (RULE, "!Ref Flow", f"{START}: !Ref Elsewhere", 0),
        (RULE, "!Ref Flow", f"{START}: !GetAtt Own.Arn", 0),
        (RULE, "!Ref Flow", "NotAction: 'iam:*', Resource: !Ref Flow", 0),
        (RULE, "!Ref Flow", f"{START}: !GetAtt Inbox.Arn", 1),
        (RULE, "!Ref Flow", f"{SEND}: '*'", 1),
        (RULE, "!GetAtt Inbox.Arn", f"{START}: !Ref Flow", 0),
        (RULE, "!Ref Elsewhere", f"{SEND}: !GetAtt Inbox.Arn", 0),
        (
            PIPE,
            "!GetAtt Clicks.Arn",
            "Action: 'sqs:*', Resource: !GetAtt Inbox.Arn; Action: 'kinesis:PutRecord*', Resource: '*'",
            0,
        ),
        (PIPE, "!GetAtt Clicks.Arn", "Action: 'sqs:ReceiveMessage', Resource: !GetAtt Inbox.Arn", 1),
        (PIPE, "!GetAtt Clicks.Arn", f"{SEND}: !GetAtt Inbox.Arn", 2),
        (ROUTE, "!Ref Inbox", f"{SEND}: !GetAtt Inbox.Arn", 0),
        (ROUTE, "!Ref Inbox", f"{SEND}: !GetAtt Other.Arn", 1),
    ],
)
def test_a_role_that_may_not_do_what_it_is_given_for_is_told_of(more: str, end: str, said: str, number: int) -> None:
    assert told(more, end, said) == number


@pytest.mark.parametrize("roles", ["!Ref Role", "!Ref Elsewhere"])
@pytest.mark.parametrize(
    "document", ["{Statement: {Effect: Allow, Action: 'states:*', Resource: '*'}}", "!Ref Elsewhere"]
)
def test_a_policy_that_stands_by_itself_may_allow_it(roles: str, document: str) -> None:
    policy = f"  Also: {{Type: AWS::IAM::Policy, Properties: {{Roles: [{roles}], PolicyDocument: {document}}}}}"
    assert told(f"{RULE}\n{policy}", "!Ref Flow", f"{SEND}: '*'") == 0
