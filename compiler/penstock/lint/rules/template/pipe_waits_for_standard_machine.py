"""A pipe is to wait for a state machine that cannot be waited for.

## Why it matters

A pipe calls its target and waits for the answer unless it is told not to. A STANDARD state machine cannot be called in that way, so the
pipe cannot deliver anything: it is stopped, and what its source holds stays there until it expires.

## Bad

```yaml
Parameters: {Role: {Type: String}}
Resources:
  Inbox: {Type: AWS::SQS::Queue}
  Machine: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionString: "{}"}}
  Pipe:
    Type: AWS::Pipes::Pipe
    Properties:
      RoleArn: !Ref Role
      Source: !GetAtt Inbox.Arn
      Target: !Ref Machine
```

## Good

```yaml
Parameters: {Role: {Type: String}}
Resources:
  Inbox: {Type: AWS::SQS::Queue}
  Machine: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionString: "{}"}}
  Pipe:
    Type: AWS::Pipes::Pipe
    Properties:
      RoleArn: !Ref Role
      Source: !GetAtt Inbox.Arn
      Target: !Ref Machine
      TargetParameters: {StepFunctionStateMachineParameters: {InvocationType: FIRE_AND_FORGET}}
```

## Source

Amazon EventBridge Pipes API Reference, PipeTargetStateMachineParameters:
https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_PipeTargetStateMachineParameters.html
Amazon EventBridge User Guide, Log, monitor and troubleshoot EventBridge Pipes:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-error-troubleshooting.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import directory_of
from penstock.template.machines import is_express
from penstock.template.places import place
from penstock.template.sam import MACHINE
from penstock.template.values import written


@rule("CFN016", "pipe-waits-for-standard-machine", Severity.ERROR)
def pipe_waits_for_standard_machine(topology: Topology) -> Iterator[Finding]:
    directory = directory_of(topology)
    for pipe in directory.of("AWS::Pipes::Pipe"):
        machine = directory.find(pipe.properties.get("Target"))
        if machine is None or machine.type != MACHINE or is_express(machine) is not False:
            continue
        settings = pipe.properties.part("TargetParameters").part("StepFunctionStateMachineParameters")
        if written(settings.get("InvocationType", "REQUEST_RESPONSE")) == "REQUEST_RESPONSE":
            yield Finding(
                place(pipe.at("Target")),
                f"pipe {pipe.id!r} is to wait for state machine {machine.id!r}, which is STANDARD and cannot be waited for: the pipe is "
                "stopped",
                "set `TargetParameters.StepFunctionStateMachineParameters.InvocationType: FIRE_AND_FORGET`",
            )
