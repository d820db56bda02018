"""A task of a state machine may take for ever.

## Why it matters

Without `TimeoutSeconds` a task waits for more than three years. An answer of Lambda that got lost, or another execution that hangs, then
keeps this one where it is: nothing goes on, and nothing is undone.

## Bad

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: selling}}
consumers:
  charge: {timeout: 30s, effects: [the card], idempotency: {strategy: client-key, key: order_id}}
  refund: {timeout: 30s, effects: [the card], idempotency: {strategy: client-key, key: order_id}}
sagas:
  selling:
    type: state-machine
    definition:
      StartAt: Charge
      States:
        Charge:
          Type: Task
          Resource: charge
          Retry: [{ErrorEquals: [Lambda.ServiceException, Lambda.SdkClientException], MaxAttempts: 3}]
          Catch:
            - {ErrorEquals: [States.DataLimitExceeded], ResultPath: $.failed, Next: Take back}
            - {ErrorEquals: [States.ALL], ResultPath: $.failed, Next: Take back}
          End: true
        Take back:
          Type: Task
          Resource: refund
          TimeoutSeconds: 60
          Retry: [{ErrorEquals: [Lambda.ServiceException, Lambda.SdkClientException], MaxAttempts: 3}]
          Next: Not sold
        Not sold: {Type: Fail, Error: NotSold}
```

## Good

```yaml
producers:
  shop: {type: function, timeout: 30s, publishes: {message: OrderPlaced, to: selling}}
consumers:
  charge: {timeout: 30s, effects: [the card], idempotency: {strategy: client-key, key: order_id}}
  refund: {timeout: 30s, effects: [the card], idempotency: {strategy: client-key, key: order_id}}
sagas:
  selling:
    type: state-machine
    definition:
      StartAt: Charge
      States:
        Charge:
          Type: Task
          Resource: charge
          TimeoutSeconds: 60
          Retry: [{ErrorEquals: [Lambda.ServiceException, Lambda.SdkClientException], MaxAttempts: 3}]
          Catch:
            - {ErrorEquals: [States.DataLimitExceeded], ResultPath: $.failed, Next: Take back}
            - {ErrorEquals: [States.ALL], ResultPath: $.failed, Next: Take back}
          End: true
        Take back:
          Type: Task
          Resource: refund
          TimeoutSeconds: 60
          Retry: [{ErrorEquals: [Lambda.ServiceException, Lambda.SdkClientException], MaxAttempts: 3}]
          Next: Not sold
        Not sold: {Type: Fail, Error: NotSold}
```

## Source

AWS Step Functions Developer Guide, best practices; avoid stuck executions:
https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html
"""

from collections.abc import Iterator

from penstock.asl.written import ACTIVITY, SYNC, Task
from penstock.diagnostics import Severity
from penstock.kinds import Saga
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("SAG008", "task-without-timeout", Severity.WARNING)
def task_without_timeout(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        if saga.written is None or saga.flow.express or "TimeoutSeconds" in saga.written.data:
            continue
        for task in saga.written.tasks:
            waits = task.pattern in {SYNC, ACTIVITY} or task.action in {"", "lambda:invoke"}
            if (
                waits
                and not task.waits_for_callback
                and not task.express
                and not _ends_by_itself(task, topology)
                and not {"TimeoutSeconds", "TimeoutSecondsPath"} & task.data.keys()
            ):
                yield Finding(
                    task.at(),
                    f"state {task.name!r} of {saga} has no timeout: an answer that is lost keeps the execution there",
                    "give it `TimeoutSeconds`, a little more than what it calls may take",
                )


def _ends_by_itself(task: Task, topology: Topology) -> bool:
    """Whether what a task waits for is another execution, with a deadline of its own; one that is not known may have one."""
    if task.action != "states:startExecution":
        return False
    inner = topology.components.get(task.calls[0].name) if task.calls else None
    if not isinstance(inner, Saga):
        return True
    bound = inner.written.data.get("TimeoutSeconds") if inner.written else inner.flow.timeout
    return inner.flow.express or bound is not None
