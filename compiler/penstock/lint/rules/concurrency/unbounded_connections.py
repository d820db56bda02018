"""A peak of events opens any number of connections to a database.

## Why it matters

A topic or a bus hands every message to Lambda at once, and a route every request; nothing in between keeps them waiting. A function that
has no bound then runs as often as there are messages, up to the account's 1,000, and each run has a connection of its own. A PostgreSQL
database takes some hundreds: after that every attempt to connect fails, also those of everybody else who uses it. With `concurrency:
{reserved: ...}` Lambda keeps what a topic or a bus brought, and tries it again.

## Bad

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
consumers:
  book:
    from: {source: commerce, dlq: {}}
    timeout: 30s
    async: {on_failure: {}}
    effects: [orders-db]
    idempotency: {strategy: unique-constraint, store: orders-db, key: order_id}
stores:
  orders-db: {type: postgres, secret: orders-db}
```

## Good

```yaml
producers:
  shop: {type: external, principal: "111122223333", publishes: {message: OrderPlaced, to: commerce}}
buses:
  commerce: {}
consumers:
  book:
    from: {source: commerce, dlq: {}}
    timeout: 30s
    async: {on_failure: {}}
    concurrency: {reserved: 20}
    effects: [orders-db]
    idempotency: {strategy: unique-constraint, store: orders-db, key: order_id}
stores:
  orders-db: {type: postgres, secret: orders-db}
```

## Source

AWS Lambda Developer Guide, understanding Lambda function scaling, and configuring reserved concurrency:
https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

from collections.abc import Iterator

from penstock import resources
from penstock.diagnostics import Severity
from penstock.hops.invoking import directs
from penstock.kinds import Database, Function
from penstock.lint.rule import Finding, rule, write
from penstock.model.topology import Topology


@rule("LAM011", "unbounded-connections", Severity.WARNING)
def unbounded_connections(topology: Topology) -> Iterator[Finding]:
    most = resources.limit("lambda.account_concurrency")
    for function in topology.of(Function):
        sources = directs(function, topology)
        used = [
            connection.target for connection in topology.outgoing(function) if isinstance(connection.target, Database)
        ]
        if not sources or not used or function.reserved is not None or function.existing:
            continue
        place = function.at("concurrency", "reserved")
        yield Finding(
            place,
            f"a peak in {sources[0].source} starts up to {most:,} invocations of {function} at once, each with a connection to {used[0]}: "
            "the database refuses them, and everybody else's",
            "write `concurrency: {reserved: 20}` (or what the database bears), or put a queue in between and bound its `max_concurrency`",
            tuple((connection.at("source"), f"{connection.source} invokes it directly") for connection in sources),
            write(function.at("concurrency"), "{reserved: 20}", safe=False),
        )
