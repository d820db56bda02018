"""A function is kept warm though nobody waits for it.

## Why it matters

What is kept warm is paid for around the clock, whether it is used or not. It spares whoever waits for an answer the start of a cold
environment: the client of an API, or of a route whose authorizer the function is. A queue, a topic, a bus, a stream or a schedule does
not wait for an answer. To them a cold start is one message that is done a second later.

It can be worth its price nevertheless, where messages must be done within a second or where environments take long to start.

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
    concurrency: {provisioned: 5}
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
```

## Source

AWS Lambda Developer Guide, Configuring provisioned concurrency for a function, and Understanding Lambda function scaling:
https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Api, Function
from penstock.kinds.api_auth import Authorizer
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("CST005", "warm-for-nobody", Severity.INFO)
def warm_for_nobody(topology: Topology) -> Iterator[Finding]:
    judges = {api.auth.function for api in topology.of(Api) if isinstance(api.auth, Authorizer)}
    for function in topology.of(Function):
        if not function.is_warm or function.is_open or function.name in judges:
            continue
        senders = [connection.source for connection in topology.incoming(function)]
        if any(isinstance(sender, Api) for sender in senders):
            continue
        told = ", ".join(sorted({str(sender) for sender in senders})) or "nothing here"
        yield Finding(
            function.at("concurrency", "provisioned"),
            f"{function} keeps {function.provisioned} environments warm, but nobody waits for its answer: it is invoked by {told}",
            "leave `provisioned` out, or accept this finding with what cannot wait for a cold start",
        )
