"""A service is to send to what is encrypted with a key that no service may use.

## Why it matters

The keys that AWS manages (`alias/aws/sqs`, `alias/aws/sns`) have a policy that nobody can change, and it admits no other service. SNS or
EventBridge sends to such a queue, EventBridge to such a topic, and is refused for want of the key; that is not tried again, and the
message is gone. The service's own encryption, which queues have by default, needs no key, and the policy of a key of one's own can admit
the service.

## Bad

```yaml
Resources:
  Failed: {Type: AWS::SQS::Queue}
  Inbox:
    Type: AWS::SQS::Queue
    Properties: {KmsMasterKeyId: alias/aws/sqs}
  Admits:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Inbox, !Ref Failed]
      PolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: sqs:SendMessage, Resource: "*"}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [shop]}
      Targets:
        - Id: inbox
          Arn: !GetAtt Inbox.Arn
          DeadLetterConfig: {Arn: !GetAtt Failed.Arn}
```

## Good

```yaml
Resources:
  Failed: {Type: AWS::SQS::Queue}
  Inbox:
    Type: AWS::SQS::Queue
    Properties: {SqsManagedSseEnabled: true}
  Admits:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Inbox, !Ref Failed]
      PolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: sqs:SendMessage, Resource: "*"}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [shop]}
      Targets:
        - Id: inbox
          Arn: !GetAtt Inbox.Arn
          DeadLetterConfig: {Arn: !GetAtt Failed.Arn}
```

## Source

Amazon SQS Developer Guide, Key management (services that send to encrypted queues):
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
Amazon SNS Developer Guide, Managing Amazon SNS encryption keys and costs:
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import directory_of
from penstock.template.places import place
from penstock.template.sendings import sendings
from penstock.template.values import written


@rule("CFN019", "key-without-services", Severity.ERROR)
def key_without_services(topology: Topology) -> Iterator[Finding]:
    for sending in sendings(directory_of(topology)):
        key = written(sending.target.properties.get("KmsMasterKeyId")) or ""
        if key.endswith(_OF_AWS):
            yield Finding(
                place(sending.spot),
                f"what {sending} sends to {sending.target.id!r} is refused, and lost: it is encrypted with {key}, which no service may use",
                "use the service's own encryption, or a key of your own whose policy admits the service",
                ((place(sending.target.at("KmsMasterKeyId")), "encrypted here"),),
            )


_OF_AWS = ("alias/aws/sqs", "alias/aws/sns")
