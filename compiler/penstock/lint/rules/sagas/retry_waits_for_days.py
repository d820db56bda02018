"""The waits between the attempts of a state grow to days.

## Why it matters

Each wait is longer than the one before by `BackoffRate`, which is 2 unless said otherwise, and nothing but `MaxDelaySeconds` bounds it: the
twentieth wait is a week. Until the last attempt has failed nothing is caught and nothing undone.

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
          Retry: [{ErrorEquals: [States.ALL], MaxAttempts: 20}]
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
          Retry: [{ErrorEquals: [States.ALL], MaxAttempts: 20, MaxDelaySeconds: 300}]
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

from collections.abc import Iterator, Mapping
from typing import Any

from penstock.diagnostics import Severity
from penstock.kinds.state_machine import written_states
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration

DAY = 86_400


@rule("SAG028", "retry-waits-for-days", Severity.WARNING)
def retry_waits_for_days(topology: Topology) -> Iterator[Finding]:
    for saga, state in written_states(topology):
        for number, item in state.all_of("Retry"):
            longest = _longest(item)
            if longest > DAY:
                yield Finding(
                    state.at("Retry", number),
                    f"the last wait before state {state.name!r} of {saga} is tried again takes {show_duration(longest)}",
                    "bound the waits: `MaxDelaySeconds: 300`",
                )


def _longest(retrier: Mapping[str, Any]) -> int:
    """The seconds of the last wait, or a year where that is longer."""
    times, first, rate = (retrier.get(key, default) for key, default in _DEFAULTS.items())
    if not all(isinstance(each, int | float) for each in (times, first, rate)):
        return 0
    if not (times >= 1 and first >= 0 and rate >= 0):
        return 0
    wait = float(min(first, _YEAR))
    for _ in range(int(min(times, 1_000)) - 1):
        wait = min(wait * rate, _YEAR)
    bound = retrier.get("MaxDelaySeconds", wait)
    return int(min(wait, bound)) if isinstance(bound, int | float) else 0


_DEFAULTS = {"MaxAttempts": 3, "IntervalSeconds": 1, "BackoffRate": 2.0}
_YEAR = 365.0 * DAY
