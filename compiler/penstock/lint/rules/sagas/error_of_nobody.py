"""A state machine waits for an error that nothing tells.

## Why it matters

Names that begin with `States.` are Step Functions' own, and those of Lambda's service begin with `Lambda.`. A name that is not one of these
matches nothing: what was to be tried again or caught ends the execution. A function that ran out of time or memory is `Lambda.Unknown`;
`States.Runtime` always ends the execution.

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
          Retry: [{ErrorEquals: [Lambda.ServiceException, Lambda.Timeout], MaxAttempts: 3}]
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
          Retry: [{ErrorEquals: [Lambda.ServiceException, Lambda.Unknown], MaxAttempts: 3}]
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
from penstock.kinds.state_machine import error_names, written_states
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("SAG029", "error-of-nobody", Severity.WARNING)
def error_of_nobody(topology: Topology) -> Iterator[Finding]:
    for saga, state in written_states(topology):
        for key in ("Retry", "Catch"):
            for number, item in state.all_of(key):
                for name in error_names(item):
                    if topology.drawn and name in _PASSING:
                        continue  # whoever wrote the code may have meant an error of their own
                    if name and (meant := _meant(name)) is not None:
                        yield Finding(
                            state.at(key, number, "ErrorEquals"),
                            f"state {state.name!r} of {saga} names the error {name!r}, which nothing tells that can be {_DONE[key]}",
                            meant,
                        )


_DONE = {"Retry": "tried again", "Catch": "caught"}


def _meant(name: str) -> str | None:
    """What to write instead of an error that is none."""
    space, _, rest = name.partition(".")
    if name in _PASSING:
        return f"write `Lambda.{name}`"
    if space == "Lambda" and rest != "Unknown" and not rest.endswith("Exception"):
        return "write `Lambda.Unknown` for a function that ran out of time or memory, `Lambda.ServiceException` for an error of Lambda's"
    if name == "States.Runtime":
        return "remove it: it ends the execution whatever is written"
    if space == "States" and name not in _STATES:
        return f"Step Functions' own are {', '.join(sorted(_STATES))}"
    return None


_PASSING = frozenset(
    {
        "AWSLambdaException",
        "ClientExecutionTimeoutException",
        "SdkClientException",
        "ServiceException",
        "TooManyRequestsException",
    }
)
_STATES = frozenset(
    f"States.{name}"
    for name in (
        "ALL",
        "BranchFailed",
        "DataLimitExceeded",
        "ExceedToleratedFailureThreshold",
        "HeartbeatTimeout",
        "Http.Socket",
        "IntrinsicFailure",
        "ItemReaderFailed",
        "NoChoiceMatched",
        "ParameterPathFailure",
        "Permissions",
        "QueryEvaluationError",
        "ResultPathMatchFailure",
        "ResultWriterFailed",
        "TaskFailed",
        "Timeout",
    )
)
