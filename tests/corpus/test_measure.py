"""What is counted as understood, on templates of a few resources."""

from pathlib import Path

from tests.corpus.measure import Measured, measure

SHOP = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Orders: {Type: String}}
Globals: {Function: {Timeout: 20, DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Failed.Arn}}}
Resources:
  Failed: {Type: AWS::SQS::Queue}
  Inbox: {Type: AWS::SQS::Queue}
  Subscription: {Type: AWS::SNS::Subscription, Properties: {Protocol: sqs, TopicArn: !Ref Orders, Endpoint: !GetAtt Inbox.Arn}}
  Hose: {Type: AWS::KinesisFirehose::DeliveryStream}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Placed: {Type: SQS, Properties: {Queue: !GetAtt Inbox.Arn}}
        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
        Users: {Type: Cognito, Properties: {UserPool: x}}
"""


def measured(tmp_path: Path, text: str) -> Measured:
    path = tmp_path / "template.yaml"
    path.write_text(text, encoding="utf-8")
    return next(measure([path]))


def test_resources_and_edges_are_counted(tmp_path: Path) -> None:
    one = measured(tmp_path, SHOP)
    assert (one.components, one.hops) == (4, 2)
    assert (one.read, one.resources) == (4, 5)
    assert (one.followed, one.edges) == (4, 5)
    assert one.imported
    assert one.missed == ("AWS::KinesisFirehose::DeliveryStream Hose", "Cognito")


def test_what_cannot_be_read_is_not_understood(tmp_path: Path) -> None:
    one = measured(tmp_path, "Resources: []")
    assert (one.read, one.resources, one.missed, one.imported) == (0, 1, ("the template",), False)
