"""The policy of a key does not admit the service that is to send.

## Why it matters

SNS and EventBridge can send to a queue or a topic that is encrypted with a customer key only if the key's policy lets them use it
(`kms:GenerateDataKey` and `kms:Decrypt`). Without that each delivery is refused, it is not tried again, and the message is gone; the policy
of the queue may be as it should.

## Bad

```yaml
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}
  Orders: {Type: AWS::SNS::Topic}
  Failed: {Type: AWS::SQS::Queue}
  Inbox:
    Type: AWS::SQS::Queue
    Properties: {KmsMasterKeyId: !Ref Key}
  Admits:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Inbox, !Ref Failed]
      PolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: sqs:SendMessage, Resource: "*"}
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
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}
          - {Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: ["kms:GenerateDataKey*", "kms:Decrypt"], Resource: "*"}
  Orders: {Type: AWS::SNS::Topic}
  Failed: {Type: AWS::SQS::Queue}
  Inbox:
    Type: AWS::SQS::Queue
    Properties: {KmsMasterKeyId: !Ref Key}
  Admits:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Inbox, !Ref Failed]
      PolicyDocument:
        Statement: {Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: sqs:SendMessage, Resource: "*"}
  Subscription:
    Type: AWS::SNS::Subscription
    Properties:
      Protocol: sqs
      TopicArn: !Ref Orders
      Endpoint: !GetAtt Inbox.Arn
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn}
```

## Source

Amazon SNS Developer Guide, Setting up Amazon SNS topic encryption with an encrypted Amazon SQS queue subscription:
https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import directory_of
from penstock.template.places import place
from penstock.template.policies import Sender, allows, statements
from penstock.template.sendings import sendings
from penstock.template.values import Map


@rule("CFN020", "key-policy-does-not-admit-sender", Severity.ERROR)
def key_policy_does_not_admit_sender(topology: Topology) -> Iterator[Finding]:
    directory = directory_of(topology)
    for sending in sendings(directory):
        key = directory.find(sending.target.properties.get("KmsMasterKeyId"))
        if key is not None and key.type == "AWS::KMS::Alias":
            key = directory.find(key.properties.get("TargetKeyId"))
        if key is None or key.type != "AWS::KMS::Key" or not isinstance(key.properties.get("KeyPolicy"), Map):
            continue
        sender = Sender(sending.sender.service, None)
        said = list(statements(key.properties["KeyPolicy"]))
        missing = [action for action in _NEEDED if not any(allows(one, sender, action, directory) for one in said)]
        if missing:
            yield Finding(
                place(sending.spot),
                f"what {sending} sends to {sending.target.id!r} is refused and lost: the policy of key {key.id!r} does not allow "
                f"{' and '.join(missing)} to {sending.sender.service}",
                f"allow {' and '.join(_NEEDED)} to {sending.sender.service} in the key's policy",
                ((place(key.at("KeyPolicy")), "the key's policy"),),
            )


_NEEDED = ("kms:GenerateDataKey", "kms:Decrypt")
