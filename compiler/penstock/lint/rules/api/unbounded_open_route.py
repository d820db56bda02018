"""A route that anybody can call has no bound of its own.

## Why it matters

Without a `throttle` a route takes as much as the account's limit in the region lets through, by default 10,000 requests a second. That
limit is shared by all its APIs, so one caller with a loop takes the others down with 429, and every request goes on to what stands behind
the route, and is billed. An API key does not help by itself: give its usage plan a throttle.

## Bad

```yaml
producers:
  p:
    type: api
    route: "POST /orders"
    auth: {none: a public form}
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

API Gateway Developer Guide, throttle requests to your REST APIs; quotas:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Api
from penstock.kinds.api_auth import Keyed
from penstock.lint.rule import Finding, rule
from penstock.model.component import Absent
from penstock.model.topology import Topology


@rule("API002", "unbounded-open-route", Severity.WARNING)
def unbounded_open_route(topology: Topology) -> Iterator[Finding]:
    for api in topology.of(Api):
        if api.throttle or (api.firewall and api.firewall.limit):
            continue
        keyed = isinstance(api.auth, Keyed)
        if isinstance(api.auth, Absent) or (isinstance(api.auth, Keyed) and api.auth.throttle is None):
            who = "whoever has the API key" if keyed else "anybody"
            yield Finding(
                api.at("throttle"),
                f"{api} takes requests of {who} up to the account's limit, which all APIs of the region share",
                "write `throttle: {rate: ..., burst: ...}`"
                + (" in `api_key` or on the route" if keyed else ", and `waf: {rate_limit: ...}` for each caller"),
            )
