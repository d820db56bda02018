"""A function is ended before its first attempt to send may fail.

## Why it matters

When AWS does not answer, generated code waits up to 2 s for the connection and 5 s for the answer, and makes three attempts. A function
whose timeout is shorter than one attempt never sees the second: Lambda ends it in the middle of the call. Nobody can say whether the
message was sent, the whole batch fails with it, and what was done already is done again. AWS's default is 3 s, too short for any function
that sends.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
  priced: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  price:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 5s
    publishes: {message: OrderPlaced, to: priced}
  ship:
    from: {source: priced, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
  priced: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  price:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    publishes: {message: OrderPlaced, to: priced}
  ship:
    from: {source: priced, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

AWS SDKs and Tools Reference Guide, retry behavior; AWS Lambda Developer Guide, configure Lambda function timeout:
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.kinds import Function
from penstock.lint.rule import Finding, rule, write
from penstock.model.component import Publication
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("VIS017", "killed-while-sending", Severity.WARNING)
def killed_while_sending(topology: Topology) -> Iterator[Finding]:
    attempt = resources.limit("sdk.connect_timeout") + resources.limit("sdk.read_timeout")
    attempts = resources.limit("sdk.attempts")
    for function in topology.of(Function):
        sends = [one for one in topology.outgoing(function) if isinstance(one.settings, Publication)]
        if not sends or function.code or function.timeout is None or function.timeout >= attempt:
            continue
        default = "" if function.states("timeout") else " (AWS's default)"
        yield Finding(
            function.at("timeout"),
            f"{function} is ended after {show_duration(function.timeout)}{default}, but one of its {attempts} attempts to send to "
            f"{sends[0].target} may take {attempt} s: it is killed in the middle of the first, and its work is done again",
            f"write a `timeout` that leaves time for the work and for {attempts * attempt} s of sending, such as `timeout: 30s`",
            ((sends[0].at("to"), f"{function} sends here"),),
            write(function.at("timeout"), "30s", safe=False),
        )
