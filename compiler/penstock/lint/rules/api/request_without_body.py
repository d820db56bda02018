"""A route sends what it finds in a request that has no body.

## Why it matters

A route in front of a queue, a topic, a bus or a stream sends the body of the request. A GET has none: what is sent is empty, and where
the contract is checked the caller is refused. A GET is also what browsers, proxies, previews and crawlers send and send again by
themselves, because it promises to change nothing.

## Bad

```yaml
producers:
  checkout:
    type: api
    route: "GET /orders"
    auth: iam
    publishes: {message: OrderPlaced, to: fulfilment}
queues:
  fulfilment: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Good

```yaml
producers:
  checkout:
    type: api
    route: "POST /orders"
    auth: iam
    publishes: {message: OrderPlaced, to: fulfilment}
queues:
  fulfilment: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

RFC 9110, HTTP semantics, safe methods and GET: https://www.rfc-editor.org/rfc/rfc9110.html#name-get
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Api, Function
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("API007", "request-without-body", Severity.WARNING)
def request_without_body(topology: Topology) -> Iterator[Finding]:
    for api in topology.of(Api):
        channels = [one for one in topology.outgoing(api) if not isinstance(one.target, Function)]
        if api.method != "GET" or not channels:
            continue
        first = channels[0]
        yield Finding(
            api.at("route"),
            f"{api} sends the body of a GET to {first.target}: there is none, so no {api.publications[0].message} arrives as it should",
            "let callers POST it, or put a function in between that makes a message of the path and the query",
        )
