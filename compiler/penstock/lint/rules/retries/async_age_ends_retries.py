"""Lambda gives an invocation up before its retries begin.

## Why it matters

When a function fails that a topic, a bus or a schedule has invoked, Lambda tries it again one minute later, and once more two minutes
after that. A message that is older than `max_age` by then is given up instead: the retries that `max_retries` promises are never made, and
a fault that would have been over in a minute costs the message.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
consumers:
  ship:
    from: {source: commerce, dlq: {}}
    timeout: 30s
    async: {max_retries: 2, max_age: 60s, on_failure: {}}
    concurrency: {reserved: 5}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
consumers:
  ship:
    from: {source: commerce, dlq: {}}
    timeout: 30s
    async: {max_retries: 2, max_age: 10m, on_failure: {}}
    concurrency: {reserved: 5}
```

## Source

AWS Lambda Developer Guide, how Lambda handles errors and retries with asynchronous invocation:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.hops.matching import by_rule
from penstock.kinds import Function, Schedule, Topic
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology
from penstock.model.units import show_duration, write_duration

_WAITS = (60, 180)
"""How many seconds at least after a message came its first and its second retry begin."""


@rule("RTY021", "async-age-ends-retries", Severity.WARNING)
def async_age_ends_retries(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        retries, age = function.invocations
        made = sum(wait < age for wait in _WAITS[:retries])
        if made == retries or not any(
            isinstance(one.source, Schedule | Topic) or by_rule(one) for one in topology.incoming(function)
        ):
            continue
        needed = _WAITS[retries - 1] + retries * (function.timeout or 0)
        yield Finding(
            function.at("async", "max_age"),
            f"{function} is to be tried {retries} more times, but {'no retry' if not made else f'only {made} of them'} begins before the "
            f"message is {show_duration(age)} old and Lambda gives it up: the waits alone take {show_duration(_WAITS[retries - 1])}",
            f"write `max_age: {write_duration(max(needed, 600))}` or more, or fewer `max_retries`",
            ((function.at("async", "max_retries"), f"{retries} retries"),),
            write(function.at("async", "max_age"), write_duration(max(needed, 600)), safe=False),
        )
