"""An error of Lambda that passes by itself fails a task of a state machine.

## Why it matters

Lambda answers now and then with an error of its own, or has no capacity for a moment, while the function is sound. A task that is not tried
again after these fails, and with it the execution.

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
          TimeoutSeconds: 60
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

AWS Step Functions Developer Guide, handle Lambda service exceptions:
https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Saga
from penstock.kinds.state_machine import error_names
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("SAG030", "passing-error-ends-task", Severity.WARNING)
def passing_error_ends_task(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        for task in saga.written.tasks if saga.written else ():
            tried = {
                name for _, item in task.all_of("Retry") if item.get("MaxAttempts") != 0 for name in error_names(item)
            }
            if task.action in {"", "lambda:invoke"} and not tried & _MEANT:
                yield Finding(
                    task.at("Retry"),
                    f"state {task.name!r} of {saga} fails with the first passing error of Lambda",
                    "try again after `Lambda.ServiceException`, `Lambda.SdkClientException` and `Lambda.TooManyRequestsException`",
                )


_MEANT = frozenset({"States.ALL", "States.TaskFailed", "Lambda.ServiceException"})
