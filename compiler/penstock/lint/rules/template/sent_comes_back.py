"""What a function may send can come back to it, and only its code ends that.

## Why it matters

A function that may send to what invokes it, by itself or over others, decides in its code when a message has gone round often enough. If it
errs, messages go round until somebody stops them. Lambda ends such a loop after about 16 rounds where it goes through queues, topics
and buckets alone; through buses, streams and tables it does not see it, and there the bill is the first to tell.

No template says what code sends. That this function does is inferred from its right to. Where it has the right and does not use it, take
the right away: then no change of the code can begin the loop. A filter on the way back says what may return, and this rule has
nothing to say.

## Bad

```yaml
Transform: AWS::Serverless-2016-10-31
Resources:
  Failed: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 1209600}}
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - SQSSendMessagePolicy: {QueueName: !GetAtt Jobs.QueueName}
      Events:
        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn, FunctionResponseTypes: [ReportBatchItemFailures]}}
```

## Good

```yaml
Transform: AWS::Serverless-2016-10-31
Resources:
  Failed: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 1209600}}
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}
  Parts:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - SQSSendMessagePolicy: {QueueName: !GetAtt Parts.QueueName}
      Events:
        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn, FunctionResponseTypes: [ReportBatchItemFailures]}}
```

## Source

AWS Lambda Developer Guide, use Lambda recursive loop detection to prevent infinite loops:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import Drawn
from penstock.template.loops import ways_back
from penstock.template.places import place


@rule("CFN026", "sent-comes-back", Severity.WARNING)
def sent_comes_back(topology: Topology) -> Iterator[Finding]:
    if not isinstance(topology, Drawn):
        return
    for way in ways_back(topology):
        function, target = way.first.function, way.first.target
        yield Finding(
            place(way.first.spot),
            f"what function {function.id!r} may send to {target.id!r} comes back to it, and only its code ends that: {way}",
            "take this right away if the function does not send there; otherwise send on to something else, or filter what comes back",
            ((place(function.spot), "that it sends is inferred from its right to"),),
        )
