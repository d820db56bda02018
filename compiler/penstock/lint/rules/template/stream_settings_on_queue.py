"""What reads a queue has settings that only streams have.

## Why it matters

`MaximumRetryAttempts`, `MaximumRecordAgeInSeconds`, `BisectBatchOnFunctionError`, `ParallelizationFactor`, `TumblingWindowInSeconds` and
`DestinationConfig` of an event source mapping are for streams. On a queue Lambda refuses them, and the deployment fails. The retries of a
queue are bounded by `maxReceiveCount` of its redrive policy, and its failures go to its dead-letter queue.

## Bad

```yaml
Resources:
  Failed: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 1209600}}
  Inbox:
    Type: AWS::SQS::Queue
    Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}}
  Function: {Type: AWS::Lambda::Function}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !GetAtt Inbox.Arn
      FunctionName: !Ref Function
      BatchSize: 1
      MaximumRetryAttempts: 2
```

## Good

```yaml
Resources:
  Failed: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 1209600}}
  Inbox:
    Type: AWS::SQS::Queue
    Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}}
  Function: {Type: AWS::Lambda::Function}
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !GetAtt Inbox.Arn
      FunctionName: !Ref Function
      BatchSize: 1
```

## Source

AWS Lambda API Reference, CreateEventSourceMapping (which settings are for streams):
https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import directory_of
from penstock.template.channels import QUEUE
from penstock.template.places import place


@rule("CFN023", "stream-settings-on-queue", Severity.ERROR)
def stream_settings_on_queue(topology: Topology) -> Iterator[Finding]:
    directory = directory_of(topology)
    for mapping in directory.of("AWS::Lambda::EventSourceMapping"):
        queue = directory.find(mapping.properties.get("EventSourceArn"))
        if queue is None or queue.type != QUEUE:
            continue
        wrong = [key for key in _OF_STREAMS if key in mapping.properties]
        if wrong:
            yield Finding(
                place(mapping.properties.spot(wrong[0])),
                f"{' and '.join(wrong)} of {mapping.id!r} is for streams, but {queue.id!r} is a queue: Lambda refuses it",
                "remove it; a queue has `RedrivePolicy`",
            )


_OF_STREAMS = (
    "MaximumRetryAttempts",
    "MaximumRecordAgeInSeconds",
    "BisectBatchOnFunctionError",
    "ParallelizationFactor",
    "TumblingWindowInSeconds",
    "DestinationConfig",
)
