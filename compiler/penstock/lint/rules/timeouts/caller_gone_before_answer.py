"""A function may work longer than the route that calls it waits for an answer.

## Why it matters

API Gateway waits 29 s for an integration. Then the client gets a 504, while the function works on: the client cannot know whether anything
was done, sends the request again, and a second invocation does the same beside the first. A function with a shorter timeout has failed or
answered by then. Work that takes longer belongs behind a queue: the route sends there and answers at once.

## Bad

```yaml
producers:
  place:
    type: api
    route: POST /orders
    auth: iam
    publishes: {message: OrderPlaced, to: price}
consumers:
  price: {timeout: 60s, concurrency: {reserved: 5}}
```

## Good

```yaml
producers:
  place:
    type: api
    route: POST /orders
    auth: iam
    publishes: {message: OrderPlaced, to: price}
consumers:
  price: {timeout: 20s, concurrency: {reserved: 5}}
```

## Source

Amazon API Gateway Developer Guide, quotas for configuring and running a REST API (integration timeout):
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.kinds import Api, Function
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology
from penstock.model.units import show_duration


@rule("VIS008", "caller-gone-before-answer", Severity.WARNING)
def caller_gone_before_answer(topology: Topology) -> Iterator[Finding]:
    most = resources.limit("apigateway.timeout")
    for function in topology.of(Function):
        routes = [connection for connection in topology.incoming(function) if isinstance(connection.source, Api)]
        if not routes or function.timeout is None or function.timeout <= most:
            continue
        yield Finding(
            function.at("timeout"),
            f"{function} may work for {show_duration(function.timeout)}, but {routes[0].source} waits {most} s for its answer: the client "
            "gets a 504, sends the request again, and the work is done twice",
            f"write `timeout: {most}s` or less, or let the route send to a queue that the function reads",
            tuple((route.at("to"), f"{route.source} calls it") for route in routes),
            write(function.at("timeout"), f"{most}s", safe=False),
        )
