"""What S3 tells a function is dropped when the function fails.

## Why it matters

S3 invokes a function asynchronously: Lambda takes the notification, tries the function three times, and then drops it unless the function
has a destination for failures or a dead-letter queue. The object lies in the bucket, and nothing says that it was never worked on.

## Bad

```yaml
Resources:
  Function: {Type: AWS::Lambda::Function}
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration:
        LambdaConfigurations:
          - {Event: "s3:ObjectCreated:*", Function: !GetAtt Function.Arn}
```

## Good

```yaml
Resources:
  Failed: {Type: AWS::SQS::Queue}
  Function: {Type: AWS::Lambda::Function, Properties: {DeadLetterConfig: {TargetArn: !GetAtt Failed.Arn}}}
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration:
        LambdaConfigurations:
          - {Event: "s3:ObjectCreated:*", Function: !GetAtt Function.Arn}
```

## Source

AWS Lambda Developer Guide, How Lambda handles errors and retries with asynchronous invocation:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import Drawn
from penstock.template.places import place
from penstock.template.sam import FUNCTION, NOTIFICATION


@rule("CFN022", "notified-function-drops-failures", Severity.WARNING)
def notified_function_drops_failures(topology: Topology) -> Iterator[Finding]:
    if not isinstance(topology, Drawn):
        return
    translation = topology.translation
    for notification in translation.directory.of(NOTIFICATION):
        function = translation.directory.find(notification.properties.get("Target"), "lambda")
        name = translation.name_of(function)
        if (
            function is None
            or function.type != FUNCTION
            or name is None
            or topology.components[name].redrive is not None
        ):
            continue
        yield Finding(
            place(notification.spot),
            f"a notification of S3 on which function {function.id!r} fails is tried three times, and then dropped",
            "set `DestinationConfig.OnFailure` in an `EventInvokeConfig`, or `DeadLetterConfig` of the function",
        )
