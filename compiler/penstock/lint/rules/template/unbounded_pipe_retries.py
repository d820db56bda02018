"""A failing record of a stream stops a pipe until the stream forgets it.

## Why it matters

A pipe that reads a stream tries a batch again until it succeeds or the stream forgets it: both bounds are unlimited by default. One record
that the target cannot take holds up its shard for a day, or for as long as the stream keeps records, and all behind it waits. (RTY003 says
the same of functions that read streams, and of pipes to channels.)

## Bad

```yaml
Parameters: {Role: {Type: String}}
Resources:
  Clicks: {Type: AWS::Kinesis::Stream}
  Machine: {Type: AWS::StepFunctions::StateMachine, Properties: {StateMachineType: EXPRESS, DefinitionString: "{}"}}
  Pipe:
    Type: AWS::Pipes::Pipe
    Properties:
      RoleArn: !Ref Role
      Source: !GetAtt Clicks.Arn
      SourceParameters:
        KinesisStreamParameters: {StartingPosition: LATEST}
      Target: !Ref Machine
```

## Good

```yaml
Parameters: {Role: {Type: String}}
Resources:
  Clicks: {Type: AWS::Kinesis::Stream}
  Failed: {Type: AWS::SQS::Queue}
  Machine: {Type: AWS::StepFunctions::StateMachine, Properties: {StateMachineType: EXPRESS, DefinitionString: "{}"}}
  Pipe:
    Type: AWS::Pipes::Pipe
    Properties:
      RoleArn: !Ref Role
      Source: !GetAtt Clicks.Arn
      SourceParameters:
        KinesisStreamParameters:
          StartingPosition: LATEST
          MaximumRetryAttempts: 10
          MaximumRecordAgeInSeconds: 21600
          DeadLetterConfig: {Arn: !GetAtt Failed.Arn}
      Target: !Ref Machine
```

## Source

Amazon EventBridge Pipes API Reference, PipeSourceKinesisStreamParameters:
https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_PipeSourceKinesisStreamParameters.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import directory_of
from penstock.template.deliveries import BROUGHT
from penstock.template.places import place
from penstock.template.values import written


@rule("CFN021", "unbounded-pipe-retries", Severity.WARNING)
def unbounded_pipe_retries(topology: Topology) -> Iterator[Finding]:
    directory = directory_of(topology)
    for pipe in directory.of("AWS::Pipes::Pipe"):
        target = directory.find(pipe.properties.get("Target"))
        if target is not None and target.type in BROUGHT:
            continue
        for key in _STREAMS:
            given = pipe.properties.part("SourceParameters").part(key)
            bounds = [written(given.get(bound)) for bound in _BOUNDS]
            if given and all(bound in {None, "-1"} for bound in bounds):
                yield Finding(
                    place(pipe.at("SourceParameters", key)),
                    f"a record on which pipe {pipe.id!r} fails holds up its shard until the stream forgets it: its retries have no bound",
                    "set `MaximumRetryAttempts`, `MaximumRecordAgeInSeconds` and `DeadLetterConfig`",
                )


_STREAMS = ("KinesisStreamParameters", "DynamoDBStreamParameters")
_BOUNDS = ("MaximumRetryAttempts", "MaximumRecordAgeInSeconds")
