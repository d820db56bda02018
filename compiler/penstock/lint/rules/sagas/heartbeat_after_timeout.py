"""A task of a state machine ends before its first heartbeat is missed.

## Why it matters

Step Functions refuses a `HeartbeatSeconds` that is not smaller than `TimeoutSeconds`: the heartbeat could never be missed.

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
          HeartbeatSeconds: 60
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
          HeartbeatSeconds: 20
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

AWS Step Functions Developer Guide, task workflow state:
https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds.state_machine import written_states
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("SAG010", "heartbeat-after-timeout", Severity.ERROR)
def heartbeat_after_timeout(topology: Topology) -> Iterator[Finding]:
    for saga, state in written_states(topology):
        heartbeat, timeout = state.data.get("HeartbeatSeconds"), state.data.get("TimeoutSeconds")
        if isinstance(heartbeat, int) and isinstance(timeout, int) and heartbeat >= timeout:
            yield Finding(
                state.at("HeartbeatSeconds"),
                f"state {state.name!r} of {saga} waits {heartbeat} s for a heartbeat and {timeout} s in all, which Step Functions refuses",
                "make the heartbeat shorter than the timeout",
            )
