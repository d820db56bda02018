"""The alarm on time comes only when there is none left.

## Why it matters

Lambda ends an invocation at the function's timeout, and API Gateway answers 504 after 29 s. Nothing lasts longer, so an alarm on more
than that never comes; a timeout shows as an error, without the warning before it.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    alarms: {latency: 30s}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    alarms: {latency: 20s}
```

## Source

AWS Lambda Developer Guide, configure Lambda function timeout; API Gateway Developer Guide, quotas:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
"""

from collections.abc import Iterator
from itertools import chain

from penstock import resources
from penstock.diagnostics import Severity
from penstock.kinds import Api, Function
from penstock.kinds.alarms import DURATION, threshold
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("OBS018", "latency-alarm-beyond-timeout", Severity.WARNING)
def latency_alarm_beyond_timeout(topology: Topology) -> Iterator[Finding]:
    for component in chain(topology.of(Function), topology.of(Api)):
        limit = threshold(DURATION.name, component.thresholds, topology)
        timeout = component.timeout if isinstance(component, Function) else resources.limit("apigateway.timeout")
        if limit.reason is not None or limit.percent or timeout is None or limit.value < timeout * 1_000:
            continue
        own = DURATION.name in component.thresholds
        yield Finding(
            component.at("alarms", "latency") if own else topology.at("alarms", "latency"),
            f"the alarm of {component} waits for what lasts longer than {limit.value:,} ms, but it ends after "
            f"{show_duration(timeout)}",
            "write a part of that time, such as `latency: 80%`",
        )
