"""The timeout of a whole state machine runs no catcher.

## Why it matters

When `TimeoutSeconds` of the definition passes, the execution ends where it stands. Catchers are for states: none of them runs, so nothing
of what was done is taken back. Timeouts of the states that add up to less come first.

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
      TimeoutSeconds: 90
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

from penstock.diagnostics import Severity
from penstock.kinds import Saga
from penstock.lint.rule import Finding, rule
from penstock.model.origin import Place
from penstock.model.topology import Topology


@rule("SAG031", "deadline-past-catchers", Severity.INFO)
def deadline_past_catchers(topology: Topology) -> Iterator[Finding]:
    for saga in topology.of(Saga):
        if (
            saga.written
            and "TimeoutSeconds" in saga.written.data
            and any("Catch" in one.data for one in saga.written.states)
        ):
            yield Finding(
                Place(saga.written.origin, ("TimeoutSeconds",)),
                f"when the timeout of {saga} passes, none of its catchers runs and nothing is undone",
                "let the timeouts of its states come first, or look for executions that timed out",
            )
