"""A request is written down and then published, and nobody finishes what was half done.

## Why it matters

A function that a route calls writes to a table and then sends a message. If it ends between the two, by a timeout, a throttled call or a
deployment, the table has something of which nobody will ever hear. With a queue in front the message would come again; the client of a
route may send its request again, or may not. A stream of the table publishes what was really written, in its order, and tries until that
has worked.

Where clients send again until they have an answer, accept this finding.

## Bad

```yaml
producers:
  order: {type: api, route: POST /orders, auth: iam, publishes: {message: OrderPlaced, to: place}}
topics:
  orders: {}
queues:
  fulfilment: {from: {source: orders, raw: true, dlq: {}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  place:
    timeout: 20s
    concurrency: {reserved: 5}
    effects: [order-book]
    idempotency: {strategy: conditional-write, store: order-book}
    publishes: {message: OrderPlaced, to: orders}
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
stores:
  order-book: {type: dynamodb, key: order_id}
```

## Good

```yaml
producers:
  order: {type: api, route: POST /orders, auth: iam, publishes: {message: OrderPlaced, to: place}}
topics:
  orders:
    from:
      source: order-book
      messages: [OrderPlaced]
      start: oldest
      retries: {max_retries: 100, max_age: 12h}
      on_failure: {none: the items are still in the table}
queues:
  fulfilment: {from: {source: orders, raw: true, dlq: {}}, visibility_timeout: 3m, dlq: {max_receives: 5}}
consumers:
  place:
    timeout: 20s
    concurrency: {reserved: 5}
    effects: [order-book]
    idempotency: {strategy: conditional-write, store: order-book}
  fulfil:
    from: {source: fulfilment, batch: {size: 10, partial_failures: true}, max_concurrency: 5}
    timeout: 30s
stores:
  order-book: {type: dynamodb, key: order_id, stream: new-image}
```

## Source

AWS Prescriptive Guidance, transactional outbox pattern:
https://docs.aws.amazon.com/prescriptive-guidance/latest/cloud-design-patterns/transactional-outbox.html
"""

from collections.abc import Iterator

from penstock.diagnostics import Severity
from penstock.kinds import Api, Function, Table
from penstock.lint.rule import Finding, rule
from penstock.model.component import Access, Publication
from penstock.model.topology import Topology


@rule("GRF016", "written-but-not-published", Severity.INFO)
def written_but_not_published(topology: Topology) -> Iterator[Finding]:
    for function in topology.of(Function):
        callers = [connection.source for connection in topology.incoming(function)]
        outgoing = topology.outgoing(function)
        written = [one.target for one in outgoing if isinstance(one.settings, Access) and "write" in one.settings.ways]
        tables = [table for table in written if isinstance(table, Table)]
        sent = [one for one in outgoing if isinstance(one.settings, Publication)]
        if not tables or not sent or not callers or not all(isinstance(caller, Api) for caller in callers):
            continue
        yield Finding(
            sent[0].at("to"),
            f"{function} writes {tables[0]} and then publishes to {sent[0].target}: where it ends in between nobody hears of what was "
            f"written, because nothing but a client of {callers[0]} tries again",
            f"let {sent[0].target} read the table: `stream: new-image` for the store, and `from: {{source: {tables[0].name}, ...}}` there",
            tuple((table.at(), f"{function} writes here") for table in tables),
        )
