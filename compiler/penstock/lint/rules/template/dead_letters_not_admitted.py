"""A dead-letter queue does not admit what is to be sent to it.

## Why it matters

The dead-letter queue of a rule's target, or of a subscription, gets its messages from EventBridge or SNS itself, and only if its policy
says so. The console writes that policy; CloudFormation and SAM do not when they are given the ARN of a queue. The queue is there, is
watched, and stays empty, while every message that it was made for is dropped.

## Bad

```yaml
Resources:
  Failed: {Type: AWS::SQS::Queue}
  Function: {Type: AWS::Lambda::Function, Properties: {DeadLetterConfig: {TargetArn: !GetAtt Failed.Arn}}}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [shop]}
      Targets:
        - Id: function
          Arn: !GetAtt Function.Arn
          DeadLetterConfig: {Arn: !GetAtt Failed.Arn}
```

## Good

```yaml
Resources:
  Failed: {Type: AWS::SQS::Queue}
  Admits:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Failed]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: events.amazonaws.com}
            Action: sqs:SendMessage
            Resource: !GetAtt Failed.Arn
            Condition: {ArnEquals: {"aws:SourceArn": !GetAtt Rule.Arn}}
  Function: {Type: AWS::Lambda::Function, Properties: {DeadLetterConfig: {TargetArn: !GetAtt Failed.Arn}}}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [shop]}
      Targets:
        - Id: function
          Arn: !GetAtt Function.Arn
          DeadLetterConfig: {Arn: !GetAtt Failed.Arn}
```

## Source

Amazon EventBridge User Guide, Using dead-letter queues to process undelivered events:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
Amazon SNS Developer Guide, Amazon SNS dead-letter queues:
https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import directory_of
from penstock.template.places import place
from penstock.template.policies import admits, policies_of, reaches_unknown
from penstock.template.sendings import ACTIONS, sendings


@rule("CFN011", "dead-letters-not-admitted", Severity.ERROR)
def dead_letters_not_admitted(topology: Topology) -> Iterator[Finding]:
    directory = directory_of(topology)
    for sending in sendings(directory):
        if not sending.letters or reaches_unknown(directory, sending.target):
            continue
        policies = policies_of(sending.target, directory)
        if any(admits(policy, sending.sender, ACTIONS[sending.target.type], directory) for policy in policies):
            continue
        why = "its policy does not admit that source" if policies else "it has no policy that admits a service"
        yield Finding(
            place(sending.spot),
            f"queue {sending.target.id!r} refuses the dead letters of {sending}, which are lost: {why}",
            f"let the policy of {sending.target.id!r} allow sqs:SendMessage to {sending.sender.service}, with this source as "
            "`aws:SourceArn`",
            tuple((place(policy.spot), "this policy does not admit it") for policy in policies),
        )
