"""An express state machine waits for an answer.

## Why it matters

Express workflows call and go on. Step Functions refuses a definition in which one waits for a callback, or for the end of another
execution.

## Bad

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: selling}}
sagas:
  selling:
    type: state-machine
    workflow: express
    definition:
      StartAt: Pack
      States:
        Pack:
          Type: Task
          Resource: arn:aws:states:::states:startExecution.sync:2
          Parameters: {StateMachineArn: packing}
          TimeoutSeconds: 60
          End: true
  packing:
    type: state-machine
    definition: {StartAt: Packed, States: {Packed: {Type: Succeed}}}
```

## Good

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: selling}}
sagas:
  selling:
    type: state-machine
    workflow: standard
    definition:
      StartAt: Pack
      States:
        Pack:
          Type: Task
          Resource: arn:aws:states:::states:startExecution.sync:2
          Parameters: {StateMachineArn: packing}
          TimeoutSeconds: 60
          End: true
  packing:
    type: state-machine
    definition: {StartAt: Packed, States: {Packed: {Type: Succeed}}}
```

## Source

AWS Step Functions Developer Guide, choosing workflow type:
https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
"""

from collections.abc import Iterator

from penstock.asl.written import ACTIVITY, CALLBACK
from penstock.diagnostics import Severity
from penstock.kinds import Saga
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("SAG011", "definition-waits-in-express", Severity.ERROR)
def definition_waits_in_express(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        for task in saga.written.tasks if saga.written else ():
            if task.pattern and (saga.flow.express or task.express):
                awaited = _AWAITED.get(task.pattern, "the end of what it starts")
                which = (
                    f"{saga} is an express workflow" if saga.flow.express else f"a Map of {saga} runs express workflows"
                )
                yield Finding(
                    task.at("Resource"),
                    f"{which}, and its state {task.name!r} waits for {awaited}, which Step Functions refuses",
                    "use `workflow: standard`" if saga.flow.express else "use `ExecutionType: STANDARD` in the Map",
                )


_AWAITED = {CALLBACK: "a callback", ACTIVITY: "a worker"}
