"""The firewall lets one address take everything that an open route lets through.

## Why it matters

The `throttle` of a route bounds all callers together, and the rate in the firewall bounds each address. Where the second is no lower than
the first, one address uses the whole throttle up before the firewall blocks it: everybody else gets 429, and the firewall has done nothing.

## Bad

```yaml
producers:
  shop:
    type: api
    route: POST /orders
    auth: {none: a public form}
    throttle: {rate: 10/s, burst: 20}
    waf: {rate_limit: 6000/5m}
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
  shop:
    type: api
    route: POST /orders
    auth: {none: a public form}
    throttle: {rate: 10/s, burst: 20}
    waf: {rate_limit: 300/5m}
    publishes: {message: OrderPlaced, to: orders}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

AWS WAF API Reference, RateBasedStatement, and Amazon API Gateway Developer Guide, throttle requests to your REST APIs:
https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Api
from penstock.lint.rule import Finding, rule
from penstock.model.component import Absent
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("API005", "one-caller-takes-all", Severity.WARNING)
def one_caller_takes_all(topology: Topology) -> Iterator[Finding]:
    for api in topology.of(Api):
        firewall, throttle = api.firewall, api.throttle
        if not firewall or not firewall.limit or throttle is None or not isinstance(api.auth, Absent):
            continue
        most = int(throttle.rate * firewall.window)
        if firewall.limit < most:
            continue
        span = show_duration(firewall.window)
        yield Finding(
            api.at("waf", "rate_limit"),
            f"{api} lets {throttle.rate:,.0f} requests a second through for all callers together, {most:,} in {span}, but the firewall "
            f"blocks one address only above {firewall.limit:,}: one of them can shut all others out",
            f"write a `rate_limit` well below {most}, or a higher `throttle`",
            ((api.at("throttle", "rate"), "for all callers together"),),
        )
