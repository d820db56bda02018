"""Two policies are written for one queue or topic, and one of them is lost.

## Why it matters

A queue has one policy. Each `AWS::SQS::QueuePolicy` writes the whole of it, so of two that name the same queue the one that is made last
replaces the other, and CloudFormation says of both that they are there. Which of the senders is locked out changes from one deployment
to the next. The same holds for the policies of topics. SAM writes a policy too, for the queue that an `SqsSubscription` names by its ARN.

## Bad

```yaml
Parameters: {Shop: {Type: String}, Office: {Type: String}}
Resources:
  Inbox: {Type: AWS::SQS::Queue}
  AdmitsShop:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Inbox]
      PolicyDocument:
        Statement: {Effect: Allow, Principal: {AWS: !Ref Shop}, Action: sqs:SendMessage, Resource: !GetAtt Inbox.Arn}
  AdmitsOffice:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Inbox]
      PolicyDocument:
        Statement: {Effect: Allow, Principal: {AWS: !Ref Office}, Action: sqs:SendMessage, Resource: !GetAtt Inbox.Arn}
```

## Good

```yaml
Parameters: {Shop: {Type: String}, Office: {Type: String}}
Resources:
  Inbox: {Type: AWS::SQS::Queue}
  Admits:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Inbox]
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {AWS: [!Ref Shop, !Ref Office]}, Action: sqs:SendMessage, Resource: !GetAtt Inbox.Arn}
```

## Source

Amazon SQS API Reference, SetQueueAttributes (the attribute `Policy` is replaced as a whole):
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
AWS CloudFormation User Guide, AWS::SQS::QueuePolicy:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queuepolicy.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import directory_of
from penstock.template.places import place
from penstock.template.policies import POLICIES, policies_of


@rule("CFN012", "two-policies-on-one-queue", Severity.ERROR)
def two_policies_on_one_queue(topology: Topology) -> Iterator[Finding]:
    directory = directory_of(topology)
    for target in directory.of(*POLICIES):
        policies = policies_of(target, directory)
        word = "queue" if "SQS" in target.type else "topic"
        for other in policies[1:]:
            first = policies[0]
            yield Finding(
                place(other.spot),
                f"policies {first.id!r} and {other.id!r} are both the whole policy of {word} {target.id!r}: the one that is made last "
                "replaces the other",
                "write the statements into one policy",
                ((place(first.spot), "the other policy"),),
            )
