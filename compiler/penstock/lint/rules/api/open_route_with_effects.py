"""A route that anybody can call leads to an effect.

## Why it matters

Whoever knows the address can make the function behind the route act: charge a card, send a mail, fill a table. An API key does not change
that. It is one text that is the same for every request, travels in a header and says which usage plan counts the request; AWS itself says
not to rely on it for authentication. Where the effect is meant for everybody, such as a public form, say so in a comment that accepts
this finding; where it is not, let callers sign (`iam`), log in (`cognito`) or be judged by a function (`lambda`).

## Bad

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
    effects: [the card]
    idempotency: {strategy: client-key, key: order_id}
```

## Good

```yaml
producers:
  p:
    type: api
    route: "POST /orders"
    auth: iam
    publishes: {message: OrderPlaced, to: orders}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: orders, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: [the card]
    idempotency: {strategy: client-key, key: order_id}
```

## Source

API Gateway Developer Guide, usage plans and API keys; best practices:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from penstock.diagnostics import Severity
from penstock.kinds import Api
from penstock.kinds.api_auth import Keyed
from penstock.kinds.workload import Workload
from penstock.lint.rule import Finding, rule
from penstock.model.component import Absent, Access
from penstock.model.topology import Topology

if TYPE_CHECKING:
    from penstock.model.component import Component


@rule("API001", "open-route-with-effects", Severity.WARNING)
def open_route_with_effects(topology: Topology) -> Iterator[Finding]:
    routes = [api for api in topology.of(Api) if isinstance(api.auth, Absent | Keyed)]
    acting = _acting(topology) if routes else {}
    for api in routes:
        function = acting.get(api)
        if function is None:
            continue
        how = "with an API key, which proves nothing about its bearer," if isinstance(api.auth, Keyed) else "by anybody"
        yield Finding(
            api.at("auth"),
            f"{api} can be called {how} and leads to {function}, which acts on {' and '.join(function.effects)}",
            "let callers sign (`iam`), log in (`cognito`) or be judged by a function (`lambda`)",
            ((function.at("effects"), f"{function} acts here"),),
        )


def _acting(topology: Topology) -> dict["Component", Workload]:
    """From where messages reach a function with effects, and which; every component is looked at once."""
    found: dict[Component, Workload] = {
        component: component
        for component in topology.components.values()
        if isinstance(component, Workload) and component.effects
    }
    pending = list(found)
    while pending:
        component = pending.pop()
        for connection in topology.incoming(component):
            if not isinstance(connection.settings, Access) and connection.source not in found:
                found[connection.source] = found[component]
                pending.append(connection.source)
    return found
