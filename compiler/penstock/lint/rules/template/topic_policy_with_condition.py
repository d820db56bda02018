"""A topic's policy admits EventBridge on a condition, which is never fulfilled.

## Why it matters

EventBridge does not support conditions in the policies of topics: a statement that admits `events.amazonaws.com` with a `Condition`, such
as the `aws:SourceArn` that is right for a queue, admits nobody. The rule's deliveries are refused and not tried again.

## Bad

```yaml
Resources:
  Alerts: {Type: AWS::SNS::Topic}
  Failed: {Type: AWS::SQS::Queue}
  AdmitsLetters:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Failed]
      PolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: sqs:SendMessage, Resource: "*"}
  Admits:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref Alerts]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: events.amazonaws.com}
            Action: sns:Publish
            Resource: !Ref Alerts
            Condition: {ArnEquals: {"aws:SourceArn": !GetAtt Rule.Arn}}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [shop]}
      Targets:
        - {Id: alerts, Arn: !Ref Alerts, DeadLetterConfig: {Arn: !GetAtt Failed.Arn}}
```

## Good

```yaml
Resources:
  Alerts: {Type: AWS::SNS::Topic}
  Failed: {Type: AWS::SQS::Queue}
  AdmitsLetters:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Failed]
      PolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: sqs:SendMessage, Resource: "*"}
  Admits:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref Alerts]
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: sns:Publish, Resource: !Ref Alerts}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [shop]}
      Targets:
        - {Id: alerts, Arn: !Ref Alerts, DeadLetterConfig: {Arn: !GetAtt Failed.Arn}}
```

## Source

Amazon EventBridge User Guide, Using resource-based policies for Amazon EventBridge (Amazon SNS permissions):
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import directory_of
from penstock.template.channels import TOPIC
from penstock.template.places import place
from penstock.template.policies import allows, policies_of, statements
from penstock.template.sendings import EVENTS, sendings


@rule("CFN024", "topic-policy-with-condition", Severity.ERROR)
def topic_policy_with_condition(topology: Topology) -> Iterator[Finding]:
    directory = directory_of(topology)
    for sending in sendings(directory):
        if sending.target.type != TOPIC or sending.sender.service != EVENTS:
            continue
        admitting = [
            one
            for policy in policies_of(sending.target, directory)
            for one in statements(policy.properties.get("PolicyDocument"))
            if allows(one, sending.sender, "sns:Publish", directory)
        ]
        if admitting and all("Condition" in one.said for one in admitting):
            yield Finding(
                place(admitting[0].said.spot("Condition")),
                f"topic {sending.target.id!r} admits EventBridge on a condition, which it does not support: what {sending} sends is "
                "refused and lost",
                "remove the condition, or give the rule's target a `RoleArn`",
                ((place(sending.spot), "this target is refused"),),
            )
