"""A state machine catches a task that fails, but not one that takes too long.

## Why it matters

`States.TaskFailed` means every error but `States.Timeout`. A task that hangs until its timeout may have acted, and is exactly the one whose
effects must be taken back; without its error the execution ends there.

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
          Retry: [{ErrorEquals: [Lambda.ServiceException, Lambda.SdkClientException], MaxAttempts: 3}]
          Catch:
            - {ErrorEquals: [States.TaskFailed], ResultPath: $.failed, Next: Take back}
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
            - {ErrorEquals: [States.TaskFailed, States.Timeout], ResultPath: $.failed, Next: Take back}
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

AWS Step Functions Developer Guide, handling errors in Step Functions workflows:
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds.state_machine import all_error_names, written_states
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("SAG004", "timeout-uncaught", Severity.WARNING)
def timeout_uncaught(topology: Topology) -> Iterator[Finding]:
    for saga, state in written_states(topology):
        caught = all_error_names(state, "Catch") or frozenset()
        timed = bool(_BOUNDS & state.data.keys())
        if timed and state.type == "Task" and "States.TaskFailed" in caught and not caught & _MEANT:
            yield Finding(
                state.at("Catch"),
                f"state {state.name!r} of {saga} catches every error but its timeout: `States.TaskFailed` does not mean `States.Timeout`",
                "catch `States.Timeout` with it",
            )


_BOUNDS = frozenset({"TimeoutSeconds", "TimeoutSecondsPath"})
_MEANT = frozenset({"States.Timeout", "States.ALL"})
