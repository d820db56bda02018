"""The callers of an open route share one bound.

## Why it matters

A `throttle` bounds a route, not a caller: API Gateway does not know who calls where nobody has to say so. One address that sends too much
uses the whole rate up, and everybody else gets 429. A rate in the web application firewall is counted by address, and blocks the one that
is too loud.

## Bad

```yaml
producers:
  p:
    type: api
    route: "POST /orders"
    auth: {none: a public form}
    throttle: {rate: 10/s, burst: 20}
    publishes: {message: OrderPlaced, to: orders}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  p:
    type: api
    route: "POST /orders"
    auth: {none: a public form}
    throttle: {rate: 10/s, burst: 20}
    waf: {rate_limit: 100/5m}
    publishes: {message: OrderPlaced, to: orders}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

AWS WAF Developer Guide, rate-based rule statement:
https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Api
from penstock.lint.rule import Finding, rule
from penstock.model.component import Absent
from penstock.model.topology import Topology


@rule("API003", "open-route-without-firewall", Severity.WARNING)
def open_route_without_firewall(topology: Topology) -> Iterator[Finding]:
    for api in topology.of(Api):
        if not isinstance(api.auth, Absent) or api.throttle is None or (api.firewall and api.firewall.limit):
            continue
        yield Finding(
            api.at("waf"),
            f"{api} lets {api.throttle.rate:g} requests a second through for all callers together: one of them can use that up",
            "write `waf: {rate_limit: 2000/5m}`, which is counted by address",
        )
