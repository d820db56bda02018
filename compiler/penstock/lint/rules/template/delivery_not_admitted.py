"""A queue or topic does not admit what is to send to it.

## Why it matters

SNS and EventBridge send as services, and may send to a queue only if the policy of the queue says so; CloudFormation writes no such
policy, and neither service asks before it is too late. The subscription or the rule is there, each delivery is refused, and a refusal is
not tried again: the message is gone. A policy that names something else as its source admits nobody either. In particular the ARN of a
rule on a bus other than the account's own has the bus in it: `rule/<bus>/<rule>`.

## Bad

```yaml
Resources:
  Orders: {Type: AWS::SNS::Topic}
  Failed: {Type: AWS::SQS::Queue}
  Lost:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Failed]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: sns.amazonaws.com}
            Action: sqs:SendMessage
            Resource: !GetAtt Failed.Arn
            Condition: {ArnEquals: {"aws:SourceArn": !Ref Orders}}
  Inbox: {Type: AWS::SQS::Queue}
  Subscription:
    Type: AWS::SNS::Subscription
    Properties:
      Protocol: sqs
      TopicArn: !Ref Orders
      Endpoint: !GetAtt Inbox.Arn
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn}
```

## Good

```yaml
Resources:
  Orders: {Type: AWS::SNS::Topic}
  Failed: {Type: AWS::SQS::Queue}
  Admits:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Inbox, !Ref Failed]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: sns.amazonaws.com}
            Action: sqs:SendMessage
            Resource: "*"
            Condition: {ArnEquals: {"aws:SourceArn": !Ref Orders}}
  Inbox: {Type: AWS::SQS::Queue}
  Subscription:
    Type: AWS::SNS::Subscription
    Properties:
      Protocol: sqs
      TopicArn: !Ref Orders
      Endpoint: !GetAtt Inbox.Arn
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn}
```

## Source

Amazon EventBridge User Guide, Using resource-based policies for Amazon EventBridge:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
Amazon SNS Developer Guide, Amazon SNS dead-letter queues (client-side errors are not retried):
https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import directory_of
from penstock.template.places import place
from penstock.template.policies import admits, policies_of, reaches_unknown
from penstock.template.sendings import ACTIONS, Sending, sendings


@rule("CFN010", "delivery-not-admitted", Severity.ERROR)
def delivery_not_admitted(topology: Topology) -> Iterator[Finding]:
    directory = directory_of(topology)
    for sending in sendings(directory):
        if sending.letters or reaches_unknown(directory, sending.target):
            continue
        policies = policies_of(sending.target, directory)
        action = ACTIONS[sending.target.type]
        if any(admits(policy, sending.sender, action, directory) for policy in policies):
            continue
        yield Finding(
            place(sending.spot),
            f"{_target(sending)} refuses what {sending} sends to it, and the message is lost: {_why(sending, bool(policies))}",
            f"let the policy of {sending.target.id!r} allow {action} to {sending.sender.service}, with this source as `aws:SourceArn`",
            tuple((place(policy.spot), "this policy does not admit it") for policy in policies),
        )


def _target(sending: Sending) -> str:
    return f"{'queue' if 'SQS' in sending.target.type else 'topic'} {sending.target.id!r}"


def _why(sending: Sending, has_policy: bool) -> str:  # noqa: FBT001 - the question itself
    if not has_policy:
        return "it has no policy that admits a service"
    if sending.sender.bus not in {None, "default"}:
        return "its policy admits none of that source (the ARN of this rule is rule/<bus>/<rule>)"
    return "its policy does not admit that source"
