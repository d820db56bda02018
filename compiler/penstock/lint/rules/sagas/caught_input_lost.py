"""A catcher throws away the data of the execution.

## Why it matters

Without `ResultPath` a catcher replaces the state's input by the error. What runs next, to undo or to tell somebody, no longer knows which
order, payment or booking it is about.

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
            - {ErrorEquals: [States.DataLimitExceeded, CardDeclined], Next: Take back}
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
            - {ErrorEquals: [States.DataLimitExceeded, CardDeclined], ResultPath: $.failed, Next: Take back}
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

import re
from collections.abc import Iterator, Mapping

from penstock.asl.written import State
from penstock.diagnostics import Severity
from penstock.kinds.state_machine import handled
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("SAG005", "caught-input-lost", Severity.WARNING)
def caught_input_lost(topology: Topology) -> Iterator[Finding]:
    for saga, state, number, item, handler in handled(topology):
        if not state.jsonpath or "ResultPath" in item:
            continue
        if not topology.drawn or _asks_for_data(handler):
            yield Finding(
                state.at("Catch", number),
                f"when state {state.name!r} of {saga} fails, state {handler.name!r} gets the error in place of the data",
                "write `ResultPath: $.error` in this catcher",
            )


def _asks_for_data(state: State) -> bool:
    """Whether a state takes more from its input than an error has: what a template hands on whole may be the error."""
    return any(path and path[0] not in {"Error", "Cause"} for path in _paths(state))


def _paths(state: State) -> Iterator[list[str]]:
    """What a state takes from its input: the names on the way there."""
    if state.data.get("InputPath", "$") != "$":
        return
    todo = [state.data.get("Parameters")]
    while todo:
        one = todo.pop()
        if not isinstance(one, Mapping):
            continue
        for key, value in one.items():
            if key.endswith(".$") and isinstance(value, str) and _PATH.match(value):
                yield _NAME.findall(value)
            else:
                todo.append(value)


_PATH = re.compile(r"\$\.[A-Za-z_]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
