"""The alarm on a dead-letter queue counts what nobody sends.

## Why it matters

`NumberOfMessagesSent` counts what somebody sends to a queue. A message that SQS itself moves to a dead-letter queue is not counted, so an
alarm on that metric stays silent while the queue fills. `ApproximateNumberOfMessagesVisible` says what lies there.

## Bad

```yaml
Resources:
  Failed: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 1209600}}
  Inbox:
    Type: AWS::SQS::Queue
    Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/SQS
      MetricName: NumberOfMessagesSent
      Dimensions: [{Name: QueueName, Value: !GetAtt Failed.QueueName}]
```

## Good

```yaml
Resources:
  Failed: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 1209600}}
  Inbox:
    Type: AWS::SQS::Queue
    Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/SQS
      MetricName: ApproximateNumberOfMessagesVisible
      Dimensions: [{Name: QueueName, Value: !GetAtt Failed.QueueName}]
```

## Source

Amazon SQS Developer Guide, Available CloudWatch metrics for Amazon SQS:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import directory_of
from penstock.template.channels import QUEUE, mapping
from penstock.template.places import place
from penstock.template.values import Map, written


@rule("CFN025", "alarm-on-sent-dead-letters", Severity.WARNING)
def alarm_on_sent_dead_letters(topology: Topology) -> Iterator[Finding]:
    directory = directory_of(topology)
    queues = {
        id(found)
        for queue in directory.of(QUEUE)
        if (found := directory.find(mapping(queue.properties, "RedrivePolicy").get("deadLetterTargetArn")))
    }
    for alarm in directory.of("AWS::CloudWatch::Alarm"):
        own = alarm.properties
        if written(own.get("MetricName")) != "NumberOfMessagesSent":
            continue
        for dimension, _ in own.items_of("Dimensions"):
            queue = directory.find(dimension.get("Value"), "sqs") if isinstance(dimension, Map) else None
            if queue is not None and id(queue) in queues:
                yield Finding(
                    place(own.spot("MetricName")),
                    f"alarm {alarm.id!r} stays silent while dead-letter queue {queue.id!r} fills: what SQS moves is not counted",
                    "use `ApproximateNumberOfMessagesVisible`",
                )
