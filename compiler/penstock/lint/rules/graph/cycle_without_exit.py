"""Messages go round in a cycle that they never leave.

## Why it matters

A message that enters such a cycle is handled, sent on and handled again without end, and nothing ever comes of it;
one that enters every second is soon many that cost money every second. Lambda stops a loop through SQS and SNS after
about 16 rounds, if the function uses an AWS SDK that counts them, but not one through EventBridge.

A cycle has an exit if one of its functions has an effect or uses a store, if something in it leads elsewhere, or if a filter lets only
some messages stay. Rules and pipes can form a cycle too, in which there is no function at all: there only another reader of a queue takes
messages away, because topics, buses and streams give every reader a copy. Dead-letter queues are no exit, as only failures go there; two
that are each other's are such a cycle by themselves.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  enrichment:
    from: {source: orders, dlq: {none: the shop sends all orders again every night}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
consumers:
  enrich:
    from: {source: enrichment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    publishes: {message: OrderPlaced, to: orders}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: orders}}
topics:
  orders: {}
queues:
  enrichment:
    from: {source: orders, dlq: {none: the shop sends all orders again every night}}
    visibility_timeout: 3m
    dlq: {max_receives: 5}
  enriched: {visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  enrich:
    from: {source: enrichment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
    publishes: {message: OrderPlaced, to: enriched}
  fulfil:
    from: {source: enriched, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
```

## Source

AWS Lambda Developer Guide, recursive loop detection:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.graph.cycles import endless
from penstock.lint.rule import Finding, rule
from penstock.model.topology import Topology


@rule("GRF002", "cycle-without-exit", Severity.ERROR)
def cycle_without_exit(topology: Topology) -> Iterator[Finding]:
    for loop in endless(topology):
        if loop.first is None:
            yield Finding(
                loop.place,
                f"a message that always fails never comes to rest, because dead-letter queues form a ring: {loop.way}",
                "let the last dead-letter queue of a chain have none of its own",
            )
        else:
            yield Finding(
                loop.place,
                f"messages go round for ever and nothing comes of them: {loop.way}",
                "send to another channel, filter what comes back, or declare the effect that ends the cycle",
            )
