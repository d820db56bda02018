"""A state machine waits for a task token that may never come back.

## Why it matters

A task that waits for its token waits for as long as an execution lasts, a year, if nobody returns the token: because the message that
carried it was lost, ended in a dead-letter queue, or was forgotten by whoever took it. The execution is open all the time, and nobody is
told. `TimeoutSeconds` ends the wait, and `HeartbeatSeconds` ends it when the worker falls silent.

## Bad

```yaml
Resources:
  Inbox: {Type: AWS::SQS::Queue}
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Definition:
        StartAt: Ask
        States:
          Ask:
            Type: Task
            Resource: arn:aws:states:::sqs:sendMessage.waitForTaskToken
            Parameters: {QueueUrl: !Ref Inbox, MessageBody: {Token.$: $$.Task.Token}}
            End: true
```

## Good

```yaml
Resources:
  Inbox: {Type: AWS::SQS::Queue}
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Definition:
        StartAt: Ask
        States:
          Ask:
            Type: Task
            Resource: arn:aws:states:::sqs:sendMessage.waitForTaskToken
            Parameters: {QueueUrl: !Ref Inbox, MessageBody: {Token.$: $$.Task.Token}}
            TimeoutSeconds: 86400
            End: true
```

## Source

AWS Step Functions Developer Guide, Discover service integration patterns (wait for a callback with task token):
https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html
AWS Step Functions Developer Guide, Best practices (timeouts):
https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import directory_of
from penstock.template.machines import states
from penstock.template.places import place
from penstock.template.sam import MACHINE


@rule("CFN014", "task-token-without-timeout", Severity.ERROR)
def task_token_without_timeout(topology: Topology) -> Iterator[Finding]:
    directory = directory_of(topology)
    for machine in directory.of(MACHINE):
        for state in states(machine, directory.world):
            if state.resource.endswith(".waitForTaskToken") and not state.bounded("TimeoutSeconds", "HeartbeatSeconds"):
                yield Finding(
                    place(state.spot),
                    f"state {state.name!r} of state machine {machine.id!r} waits for its task token for up to a year, because nothing "
                    "ends the wait",
                    "set `TimeoutSeconds` or `HeartbeatSeconds` of the state",
                )
