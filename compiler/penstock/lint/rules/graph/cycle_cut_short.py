"""Messages go round in a cycle that Lambda cuts after 16 rounds.

## Why it matters

A function that sends the rest of its work to its own queue, page after page, is a loop for Lambda. After about 16 rounds it stops invoking
the function for that message and those that come of it: what a queue brought goes to the dead-letter queue, what a topic brought to
`on_failure`, or is dropped. That is a blessing where the loop is a mistake, and lost work where it is meant: the seventeenth page is
never read, and no code has failed.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: pages}}
queues:
  pages: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  copy-page:
    from: {source: pages, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: [the archive]
    idempotency: {strategy: client-key, key: order_id}
    publishes: {message: OrderPlaced, to: pages}
```

## Good

```yaml
messages:
  OrderPlaced: {schema: {type: object, required: [order_id], properties: {order_id: {type: string}}}, idempotency_key: order_id}
  PageFound: {schema: {type: object, required: [order_id], properties: {order_id: {type: string}}}, idempotency_key: order_id}
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
queues:
  orders: {visibility_timeout: 3m, dlq: {max_receives: 5}}
  pages: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  list-pages:
    from: {source: orders, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    publishes: {message: PageFound, to: pages}
  copy-page:
    from: {source: pages, batch: {size: 1, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    effects: [the archive]
    idempotency: {strategy: client-key, key: order_id}
```

## Source

AWS Lambda Developer Guide, use Lambda recursive loop detection to prevent infinite loops:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.graph.cycles import recurring
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("GRF014", "cycle-cut-short", Severity.WARNING)
def cycle_cut_short(topology: Topology) -> Iterator[Finding]:
    most = resources.limit("lambda.recursion_threshold")
    for loop, guarded in recurring(topology):
        if not guarded:
            continue
        yield Finding(
            loop.place,
            f"what is sent here comes back, and after about {most} rounds Lambda takes it for a mistake and gives it up: {loop.way}",
            "send all parts at once, to a channel of their own, or start again from a schedule",
        )
