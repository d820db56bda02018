"""An express state machine is to wait for what it cannot wait for.

## Why it matters

An EXPRESS workflow can only call: it cannot wait for a job (`.sync`), for a task token (`.waitForTaskToken`) or for an activity. Step
Functions refuses the definition, so the deployment fails; nothing before it says so.

## Bad

```yaml
Resources:
  Inbox: {Type: AWS::SQS::Queue}
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      StateMachineType: EXPRESS
      Definition:
        StartAt: Ask
        States:
          Ask:
            Type: Task
            Resource: arn:aws:states:::sqs:sendMessage.waitForTaskToken
            Parameters: {QueueUrl: !Ref Inbox, MessageBody: {Token.$: $$.Task.Token}}
            TimeoutSeconds: 60
            End: true
```

## Good

```yaml
Resources:
  Inbox: {Type: AWS::SQS::Queue}
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      StateMachineType: STANDARD
      Definition:
        StartAt: Ask
        States:
          Ask:
            Type: Task
            Resource: arn:aws:states:::sqs:sendMessage.waitForTaskToken
            Parameters: {QueueUrl: !Ref Inbox, MessageBody: {Token.$: $$.Task.Token}}
            TimeoutSeconds: 60
            End: true
```

## Source

AWS Step Functions Developer Guide, Choosing workflow type in Step Functions:
https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.template.build import directory_of
from penstock.template.machines import is_express, states
from penstock.template.places import place
from penstock.template.sam import MACHINE


@rule("CFN015", "express-machine-waits", Severity.ERROR)
def express_machine_waits(topology: Topology) -> Iterator[Finding]:
    directory = directory_of(topology)
    for machine in directory.of(MACHINE):
        if not is_express(machine):
            continue
        for state in states(machine, directory.world):
            waits = next((word for word in _WAITS if word in state.resource), None)
            if waits:
                yield Finding(
                    place(state.spot),
                    f"state {state.name!r} of express state machine {machine.id!r} is to wait ({waits.strip(':')}), which Step Functions "
                    "refuses",
                    "make the machine STANDARD, or call without waiting",
                )


_WAITS = (".sync", ".waitForTaskToken", ":activity:")
