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

from penstock.asl.written import Route, State, Task
from penstock.diagnostics import Severity
from penstock.kinds import Saga
from penstock.kinds.state_machine import all_error_names, error_names
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("SAG030", "passing-error-ends-task", Severity.WARNING)
def passing_error_ends_task(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        around: set[Route] = set()
        for state in saga.written.states if saga.written else ():
            if not isinstance(state, Task):
                if _tries(state):
                    around.add(state.route)
                continue
            repeated = any(state.route[:length] in around for length in range(len(state.route)))
            if state.action in {"", "lambda:invoke"} and not repeated and not _tries(state):
                yield Finding(
                    state.at("Retry"),
                    f"state {state.name!r} of {saga} fails with the first passing error of Lambda",
                    "try again after `Lambda.ServiceException`, `Lambda.SdkClientException` and `Lambda.TooManyRequestsException`",
                )


def _tries(state: State) -> bool:
    """Whether a state is tried again after such an error, or may be."""
    if all_error_names(state, "Retry") is None:
        return True
    tried = (error_names(item) for _, item in state.all_of("Retry") if item.get("MaxAttempts") != 0)
    return any(not _MEANT.isdisjoint(names) for names in tried)


_MEANT = frozenset({"States.ALL", "States.TaskFailed", "Lambda.ServiceException"})
