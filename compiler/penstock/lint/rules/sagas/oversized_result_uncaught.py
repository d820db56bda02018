"""A result that is too large ends a state machine past the catcher of all errors.

## Why it matters

`States.ALL` does not mean `States.DataLimitExceeded`, the error of a state whose result is larger than Step Functions takes. It ends the
execution where it stands: the state has acted, and what is to take that back never runs.

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

AWS Step Functions Developer Guide, handling errors in Step Functions workflows:
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from collections.abc import Iterator

from penstock.asl.written import SYNC, State, Task
from penstock.diagnostics import Severity
from penstock.kinds.state_machine import all_error_names, error_names, handled
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("SAG003", "oversized-result-uncaught", Severity.WARNING)
def oversized_result_uncaught(topology: Topology) -> Iterator[Finding]:
    for saga, state, _, item, _ in handled(topology):
        if "States.ALL" not in error_names(item) or not _may_be_large(state):
            continue
        caught = all_error_names(state, "Catch")
        if caught is not None and "States.DataLimitExceeded" not in caught:
            yield Finding(
                state.at("Catch"),
                f"a result of state {state.name!r} of {saga} that is too large ends the execution: `States.ALL` does not catch it",
                "catch `States.DataLimitExceeded` too, in an entry of its own before that of `States.ALL`",
            )


def _may_be_large(state: State) -> bool:
    """Whether the result of a state may be too large: what comes back with a token never is, and most calls answer in a few words."""
    if not isinstance(state, Task):
        return "ResultWriter" not in state.data
    returns = state.action.partition(":")[2].startswith(_READS) or state.action in {"", "lambda:invoke"}
    return not state.waits_for_callback and (returns or state.pattern == SYNC)


_READS = ("batchGet", "get", "invoke", "list", "query", "scan", "startSyncExecution")
